// The layers: on and off by group, each with its legend, which is its filter too, and its heat.
import { make } from '../core/dom'
import { t } from '../core/texts'
import type { Imagery, Layer, Part } from '../map/catalogue'
import { lampPart, type Colouring } from '../map/lamps'
import { groupsOf, legendPart, wordOf, type Group } from '../map/legend'
import { legendSign } from '../map/symbols'
import { imageName, isImageShown, isShown, keepSettings, partOf, type Room } from './room'

const MOST_WORDS = 40 // of a filter, as the service takes

/** Whether the browser draws this layer's heat; cases have a layer of their own for it. */
const canHeat = (layer: Layer): boolean => lampPart(layer) === null && layer.parts.some(({ name }) => name.endsWith('_clusters'))

/** The values that are drawn: all, unless some were chosen. */
function chosen(room: Room, layer: Layer, groups: Group[]): Set<string> {
  const of = room.settings.of[layer.name] ?? []
  const values = groups.flatMap(({ marks }) => marks.map(({ value }) => String(value)))
  return new Set(of.length ? values.filter((value) => of.some((word) => value.startsWith(word))) : values)
}

/** The shortest words for what is chosen; none for everything. Null if it takes too many. */
function wordsFor(groups: Group[], wanted: ReadonlySet<string>): string[] | null {
  const has = (value: string | number) => wanted.has(String(value))
  if (groups.every(({ marks }) => marks.every(({ value }) => has(value)))) return []
  const words = groups.flatMap((group) => {
    const whole = wordOf(group)
    if (whole && group.marks.every(({ value }) => has(value))) return [whole]
    return group.marks.filter(({ value }) => has(value)).map(({ value }) => String(value))
  })
  return words.length <= MOST_WORDS ? words : null
}

function tick(label: string, on: boolean, change: (on: boolean) => void, ...before: Node[]): { line: HTMLLabelElement; box: HTMLInputElement } {
  const box = make('input', { type: 'checkbox', class: 'form-check-input' })
  box.checked = on
  box.addEventListener('change', () => change(box.checked))
  return { line: make('label', { class: 'cl-tick' }, box, ...before, make('span', {}, label)), box }
}

interface Filtering {
  boxes: { box: HTMLInputElement; values: string[] }[]
  wanted: Set<string>
  apply: () => void
}

function groupLine(group: Group, filter: Filtering): HTMLElement {
  const values = group.marks.map(({ value }) => String(value))
  const change = (some: string[]) => (on: boolean): void => {
    for (const value of some) if (on) filter.wanted.add(value)
      else filter.wanted.delete(value)
    filter.apply()
  }
  const make1 = (label: string, some: string[], sign?: Node): HTMLElement => {
    const { line, box } = tick(label, true, change(some), ...(sign ? [sign] : []))
    filter.boxes.push({ box, values: some })
    return line
  }
  const head = make1(group.label, values, legendSign(group.shape, group.colour))
  if (group.marks.length < 2) return make('li', {}, head)
  const inner = make('ul', { class: 'cl-legend cl-legend--inner' }, ...group.marks.map((mark) => make('li', {}, make1(mark.label, [String(mark.value)]))))
  return make('li', {}, head, make('details', {}, make('summary', { 'aria-label': t('{0}：逐项选择', group.label) }, t('{0} 项', group.marks.length)), inner))
}

function showBoxes({ boxes, wanted }: Filtering): void {
  for (const { box, values } of boxes) {
    const on = values.filter((value) => wanted.has(value)).length
    box.checked = on === values.length
    box.indeterminate = on > 0 && on < values.length
  }
}

/** A legend whose lines are ticked: what is not ticked is not asked for. */
function filterLegend(room: Room, layer: Layer, groups: Group[]): HTMLElement {
  const said = make('p', { class: 'cl-soft', role: 'status' })
  const filter: Filtering = { boxes: [], wanted: chosen(room, layer, groups), apply: () => undefined }
  filter.apply = () => {
    const words = filter.wanted.size ? wordsFor(groups, filter.wanted) : null
    said.textContent = words ? '' : t(filter.wanted.size ? '所选过多，请按大类选择' : '至少选一项')
    showBoxes(filter)
    if (!words) return
    room.settings.of[layer.name] = words
    keepSettings(room)
    room.tell('layers')
  }
  const lines = groups.map((group) => groupLine(group, filter))
  const whole = make('button', { type: 'button', class: 'btn btn-sm' }, t('全选'))
  whole.addEventListener('click', () => {
    filter.wanted = chosen({ ...room, settings: { ...room.settings, of: {} } }, layer, groups)
    filter.apply()
  })
  const none = make('button', { type: 'button', class: 'btn btn-sm' }, t('全不选'))
  none.addEventListener('click', () => {
    filter.wanted = new Set()
    filter.apply()
  })
  showBoxes(filter)
  return make('div', {}, make('ul', { class: 'cl-legend' }, ...lines), make('div', { class: 'cl-legend__tools' }, whole, none), said)
}

export function plainLegend(groups: Group[]): HTMLElement {
  return make('ul', { class: 'cl-legend' }, ...groups.map(({ label, shape, colour }) => make('li', {}, legendSign(shape, colour), make('span', {}, label))))
}

function legendOf(room: Room, layer: Layer): HTMLElement | null {
  const part = legendPart(layer)
  if (!part) return null
  const groups = groupsOf(part)
  return layer.filtered ? filterLegend(room, layer, groups) : plainLegend(groups)
}

/** Cases by lamp or by phase. */
function colouringLine(room: Room, layer: Layer): HTMLElement {
  const part = lampPart(layer) as Part
  const lamps = plainLegend(groupsOf(part))
  lamps.hidden = room.settings.colouring !== 'lamp'
  const choice = (value: Colouring, words: '按时限灯' | '按阶段'): HTMLElement => {
    const dot = make('input', { type: 'radio', class: 'form-check-input', name: 'colouring', value })
    dot.checked = room.settings.colouring === value
    dot.addEventListener('change', () => {
      room.settings.colouring = value
      lamps.hidden = value !== 'lamp'
      keepSettings(room)
      room.tell('colouring')
    })
    return make('label', { class: 'cl-tick' }, dot, t(words))
  }
  return make('fieldset', {}, make('legend', { class: 'visually-hidden' }, t('颜色')), choice('lamp', '按时限灯'), lamps, choice('phase', '按阶段'))
}

function heatLine(room: Room, layer: Layer): HTMLElement {
  const { line, box } = tick(t('热力：按密度分级'), room.settings.heat === layer.name, (on) => {
    room.settings.heat = on ? layer.name : ''
    if (on) room.settings.shown[layer.name] = true
    keepSettings(room)
    room.tell('heat')
    room.tell('layers')
  })
  room.hear('heat', () => (box.checked = room.settings.heat === layer.name))
  return line
}

function layerLine(room: Room, layer: Layer): HTMLElement {
  const hint = make('span', { class: 'cl-soft cl-layer__hint' })
  const { line, box } = tick(layer.label, isShown(room, layer), (on) => {
    room.settings.shown[layer.name] = on
    if (!on && room.settings.heat === layer.name) {
      room.settings.heat = ''
      room.tell('heat')
    }
    keepSettings(room)
    room.tell('layers')
  })
  box.dataset['layer'] = layer.name
  line.append(hint)
  const far = (): void => {
    box.checked = isShown(room, layer)
    hint.textContent = room.chart && room.chart.engine.getZoom() < layer.min_zoom ? t('放大后显示') : ''
  }
  room.hear('view', far)
  room.hear('layers', far)
  const inner = [...(lampPart(layer) ? [colouringLine(room, layer)] : []), ...(canHeat(layer) ? [heatLine(room, layer)] : []), legendOf(room, layer)].filter((part): part is HTMLElement => part !== null)
  if (inner.length === 0) return make('li', { class: 'cl-layer' }, line)
  return make('li', { class: 'cl-layer' }, line, make('details', {}, make('summary', { 'aria-label': t('{0}：图例与筛选', layer.label) }, t('图例')), ...inner))
}

function imageLine(room: Room, image: Imagery): HTMLElement {
  const { line } = tick([image.name, image.taken_on].filter(Boolean).join(' '), isImageShown(room, image), (on) => {
    room.settings.shown[imageName(image)] = on
    keepSettings(room)
    room.tell('layers')
  })
  return make('li', { class: 'cl-layer' }, line)
}

/** Draw the panel of layers. */
export function openPanel(room: Room): void {
  const groups = room.catalogue.groups.map(({ name, label }) => ({ label, layers: room.catalogue.layers.filter(({ group }) => group === name) }))
  const parts = groups.filter(({ layers }) => layers.length > 0).map(({ label, layers }) =>
    make('section', {}, make('h3', {}, label), make('ul', { class: 'cl-layers' }, ...layers.map((layer) => layerLine(room, layer)))))
  const images = room.imagery.map((image) => imageLine(room, image))
  if (images.length) parts.push(make('section', {}, make('h3', {}, t('影像')), make('ul', { class: 'cl-layers' }, ...images)))
  partOf(room, 'layers').replaceChildren(...parts)
}
