// The lamp of a case: the tile says at which moments it changes, the browser compares them with its clock. It computes no
// working time.
import type { DataDrivenPropertyValueSpecification as Driven } from 'maplibre-gl'
import type { Layer, Part } from './catalogue'
import { groupsOf } from './legend'
import { signName } from './symbols'

export type Colouring = 'lamp' | 'phase'

/** The layer whose points carry lamps, and its two legends. */
export const lampPart = (layer: Layer): Part | null => layer.parts.find(({ property }) => property === 'lamp') ?? null
export const phasePart = (layer: Layer): Part | null => layer.parts.find(({ property }) => property === 'phase') ?? null

function matched(value: unknown, part: Part): unknown {
  const groups = groupsOf(part)
  const arms = groups.flatMap(({ marks, shape, colour }) => [marks.map((mark) => mark.value), signName(shape, colour)])
  return arms.length ? ['match', value, ...arms, signName('circle', '#475569')] : signName('circle', '#475569')
}

/** Which lamp shows at this moment, in seconds of the Unix epoch. */
function lampAt(seconds: number): unknown {
  const running = ['case', ['>', seconds, ['get', 'red']], 'late', ['>=', seconds, ['get', 'yellow']], 'soon', 'in_time']
  return ['case', ['==', ['get', 'lamp'], 'running'], running, ['coalesce', ['get', 'lamp'], 'none']]
}

/** The sign of a case: by its lamp at this moment, or by its phase. */
export function caseSign(layer: Layer, colouring: Colouring, seconds: number): Driven<string> {
  const part = colouring === 'lamp' ? lampPart(layer) : phasePart(layer)
  return (part ? matched(colouring === 'lamp' ? lampAt(seconds) : ['get', 'phase'], part) : signName('circle', '#475569')) as Driven<string>
}

/** Late ones lie above: the higher, the later drawn. */
export const caseOrder = (seconds: number): Driven<number> => ['match', lampAt(seconds), 'late', 3, 'soon', 2, 'in_time', 1, 0] as unknown as Driven<number>
