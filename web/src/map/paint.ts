// From the catalogue to a style. Layers that this page knows get their own look; any other is drawn by its parts' geometry and
// legend, so that an app can add a layer without a line of script.
import type { LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl'
import { t } from '../core/texts'
import { tilesOf, type Catalogue, type Layer, type Part } from './catalogue'
import { FONTS, GRIDS, GROUND, HALO, type Drawn } from './ground'
import { caseOrder, caseSign } from './lamps'
import { groupsOf } from './legend'
import { signName } from './symbols'

const NEUTRAL = '#475569'
const FAULTY = '#c3221f'
export const isCluster = (part: Part): boolean => part.name.endsWith('_clusters')
const isLabel = (part: Part): boolean => part.name.endsWith('_labels')

/** `match` over the legend's values, those of one group together. */
function matched(part: Part, give: (shape: string, colour: string) => unknown, rest: unknown): unknown {
  const groups = groupsOf(part)
  if (!part.property || groups.length === 0) return rest
  const arms = groups.flatMap((group) => [group.marks.map((mark) => mark.value), give(group.shape, group.colour)])
  return ['match', ['get', part.property], ...arms, rest]
}

const colour = (part: Part) => matched(part, (_shape, found) => found, NEUTRAL)

function numberWords(): unknown {
  const english = document.documentElement.lang.startsWith('en')
  const [many, unit] = english ? [1000, 'k'] : [10_000, t('万')]
  return ['case', ['>=', ['get', 'n'], many], ['concat', ['to-string', ['/', ['round', ['/', ['get', 'n'], many / 10]], 10]], unit], ['to-string', ['get', 'n']]]
}

const DISC = '#34516e'
const CASE_DISC = '#8a3b12' // cases are told from objects where both are gathered

function clusters(part: Part): Drawn[] {
  const radius = ['interpolate', ['linear'], ['ln', ['max', ['get', 'n'], 1]], 0, 9, 5, 17, 10, 25]
  const faulty = ['>', ['coalesce', ['get', 'faulty'], 0], 0]
  return [
    { on: part.name, id: 'disc', rank: 80, type: 'circle', paint: { 'circle-radius': radius, 'circle-color': part.property === 'phase' ? CASE_DISC : DISC, 'circle-opacity': 0.86, 'circle-stroke-width': ['case', faulty, 2.5, 1.5], 'circle-stroke-color': ['case', faulty, FAULTY, '#fff'] } },
    { on: part.name, id: 'count', rank: 81, type: 'symbol', layout: { 'text-field': numberWords(), 'text-font': FONTS, 'text-size': 12, 'text-allow-overlap': true, 'text-ignore-placement': true }, paint: { 'text-color': '#fff' } },
  ]
}

function points(part: Part): Drawn[] {
  const size = ['interpolate', ['linear'], ['zoom'], 14, 0.62, 17, 0.85, 19, 1.1]
  const bad = ['match', ['get', 'state'], ['damaged', 'missing', 'faulty'], true, false]
  return [
    { on: part.name, id: 'fault', rank: 82, type: 'circle', filter: bad, paint: { 'circle-radius': 11, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-color': FAULTY, 'circle-stroke-width': 2 } },
    { on: part.name, id: 'sign', rank: 83, type: 'symbol', layout: { 'icon-image': matched(part, signName, signName('circle', NEUTRAL)), 'icon-size': size, 'icon-allow-overlap': true, 'icon-ignore-placement': true } },
  ]
}

/** Cases: chart.ts colours the signs as time goes by; the urgent have a ring. */
function cases(layer: Layer, part: Part): Drawn[] {
  const now = Math.floor(Date.now() / 1000)
  const size = ['interpolate', ['linear'], ['zoom'], 14, 0.8, 18, 1.15]
  return [
    { on: part.name, id: 'urgent', rank: 84, type: 'circle', filter: ['==', ['get', 'urgent'], true], paint: { 'circle-radius': 12, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-color': '#b34700', 'circle-stroke-width': 2 } },
    { on: part.name, id: 'sign', rank: 85, type: 'symbol', layout: { 'icon-image': caseSign(layer, 'lamp', now), 'symbol-sort-key': caseOrder(now), 'icon-size': size, 'icon-allow-overlap': true, 'icon-ignore-placement': true } },
  ]
}

function shapes(part: Part): Drawn[] {
  if (part.name.endsWith('_heat')) return [{ on: part.name, id: 'fill', rank: 24, type: 'fill', paint: { 'fill-color': colour(part), 'fill-opacity': 0.62, 'fill-outline-color': 'rgba(80,40,20,.25)' } }]
  const area = ['==', ['geometry-type'], 'Polygon']
  return [
    { on: part.name, id: 'fill', rank: 22, type: 'fill', filter: area, paint: { 'fill-color': colour(part), 'fill-opacity': 0.14 } },
    { on: part.name, id: 'line', rank: 52, type: 'line', paint: { 'line-color': colour(part), 'line-width': 1.6 } },
  ]
}

function labels(part: Part): Drawn[] {
  return [{ on: part.name, id: 'name', rank: 71, type: 'symbol', layout: { 'text-field': ['get', 'name'], 'text-font': FONTS, 'text-size': 12 }, paint: { 'text-color': NEUTRAL, ...HALO } }]
}

function classFill(part: Part): Drawn {
  return { on: part.name, id: 'class', rank: 19, type: 'fill', paint: { 'fill-color': colour(part), 'fill-opacity': 0.07 } }
}

const KNOWN: Record<string, Drawn[]> = { ground: GROUND, cells: GRIDS, duty_grids: GRIDS, work_grids: GRIDS }

/** A part of shapes takes its colours from the layer's legend where it has none of its own. */
function withLegend(layer: Layer, part: Part): Part {
  const lender = part.legend.length ? part : layer.parts.find((other) => other.legend.length > 0 && other.property === part.property)
  return { ...part, legend: lender?.legend ?? [] }
}

function drawnOf(layer: Layer): Drawn[] {
  const known = KNOWN[layer.name]
  return layer.parts.flatMap((bare) => {
    const part = withLegend(layer, bare)
    const own = (known ?? []).filter(({ on }) => on === part.name)
    if (known) return layer.name === 'cells' && part.legend.length ? [classFill(part), ...own] : own
    if (isCluster(part)) return clusters(part)
    if (isLabel(part)) return labels(part)
    if (part.property === 'lamp') return cases(layer, part)
    return part.geometry === 'point' ? points(part) : shapes(part)
  })
}

export interface Ranked {
  rank: number
  spec: LayerSpecification
}

/** The lines of the style that draw this layer, hidden unless it is shown. */
export function paintLayer(layer: Layer, shown: boolean): Ranked[] {
  return drawnOf(layer).map((drawn) => {
    const { on, id, rank, ...rest } = drawn
    const part = layer.parts.find(({ name }) => name === on)
    const least = Math.max(rest.minzoom ?? 0, part?.min_zoom ?? 0)
    const spec = { ...rest, id: `${layer.name}/${on}/${id}`, source: layer.name, 'source-layer': on, layout: { ...rest.layout, visibility: shown ? 'visible' : 'none' }, ...(least > layer.min_zoom ? { minzoom: least } : {}) }
    return { rank, spec: spec as unknown as LayerSpecification }
  })
}

export function sourceOf(layer: Layer, of: readonly string[]): SourceSpecification {
  return { type: 'vector', tiles: [tilesOf(layer, of)], minzoom: layer.min_zoom, maxzoom: layer.max_zoom }
}

const GROUND_COLOUR = '#eef1f4'

function outside(catalogue: Catalogue): { source: SourceSpecification; layer: LayerSpecification } | null {
  const found = catalogue.base_map
  if (!found || found.kind === 'pmtiles') return null
  const address = found.url.startsWith('/') ? location.origin + found.url : found.url
  return {
    source: { type: 'raster', tiles: [address], tileSize: 256, maxzoom: 18, attribution: found.attribution },
    layer: { id: 'outside', type: 'raster', source: 'outside' },
  }
}

/** The names of the ground's own areas and streets, which an outside map draws itself. */
const UNDER_OUTSIDE = /^ground\/(areas\/ground|streets\/|area_labels\/)/

export interface Wish {
  layers: Layer[]
  shown: ReadonlySet<string>
  of: Readonly<Record<string, readonly string[]>>
}

/** The whole style: the ground, whatever lies outside, and every layer in its rank. */
export function styleOf(catalogue: Catalogue | null, wish: Wish): StyleSpecification {
  const beneath = catalogue && outside(catalogue)
  const sources: Record<string, SourceSpecification> = beneath ? { outside: beneath.source } : {}
  const ranked: Ranked[] = []
  for (const layer of wish.layers) {
    sources[layer.name] = sourceOf(layer, wish.of[layer.name] ?? [])
    ranked.push(...paintLayer(layer, wish.shown.has(layer.name)))
  }
  const layers = ranked
    .filter(({ spec }) => !(beneath && UNDER_OUTSIDE.test(spec.id)))
    .sort((one, other) => one.rank - other.rank)
    .map(({ spec }) => spec)
  const background: LayerSpecification = { id: 'background', type: 'background', paint: { 'background-color': GROUND_COLOUR } }
  return { version: 8, name: t('地图'), sources, layers: [background, ...(beneath ? [beneath.layer] : []), ...layers] }
}
