// The list twin: what is in view, in what was drawn or under a click, layer by layer and page by page. It needs no map.
import { all, make, say } from '../core/dom'
import { ask, isTrouble } from '../core/ask'
import { t } from '../core/texts'
import type { Layer } from '../map/catalogue'
import { sayTrouble } from './trouble'
import type { Box } from './geometry'
import { isNarrow, isShown, keepSettings, layerOf, lookAt, ofLayer, openSide, partOf, type Room } from './room'

export interface Row {
  layer: string
  id: number
  code: string
  title: string
  detail: string
  state: string
  point: [number, number]
  url: string
}

interface Inside {
  counts: { layer: string; label: string; count: number; more: boolean }[]
  rows: Row[]
  next: string | null
}

const INSIDE = '/api/v1/map/inside'
const IDENTIFY = '/api/v1/map/identify'
const WAIT = 350 // ms after the last move
const MOST_DEGREES = 0.5 // what the service lists at once

const polygon = ([west, south, east, north]: Box): string =>
  [[west, south], [east, south], [east, north], [west, north]].map(([lon, lat]) => `${lon?.toFixed(6)} ${lat?.toFixed(6)}`).join(',')

/** What is asked about: the drawn shape, else the view, else the circle around a place. */
function scopeOf(room: Room): { query: string; words: string } | null {
  if (room.shape) return { query: room.shape.query, words: room.shape.words }
  if (!room.chart) {
    const { centre: [lon, lat], metres } = room.spot
    return { query: `circle=${lon.toFixed(6)},${lat.toFixed(6)},${metres}`, words: t('{0}, {1} 周围 {2} 米', lon.toFixed(5), lat.toFixed(5), metres) }
  }
  const box = room.chart.box()
  if (Math.max(box[2] - box[0], box[3] - box[1]) > MOST_DEGREES) return null
  return { query: `polygon=${encodeURIComponent(polygon(box))}`, words: t('地图范围内') }
}

export const listedLayers = (room: Room): Layer[] => room.catalogue.layers.filter(({ listed }) => listed)

/** The layer whose rows are shown: the one last chosen, else the first of those on the map that is no ground. */
function currentLayer(room: Room): Layer | undefined {
  const kept = layerOf(room, room.settings.listed)
  if (kept?.listed) return kept
  const listed = listedLayers(room)
  return listed.find((layer) => isShown(room, layer) && layer.group !== 'ground') ?? listed.find(({ group }) => group === 'objects') ?? listed[0]
}

export function rowLine(room: Room, row: Row): HTMLElement {
  const button = make('button', { type: 'button', class: 'cl-spot__go', 'data-row-go': '' },
    make('strong', {}, row.title),
    make('span', { class: 'cl-number cl-soft' }, row.code === row.title ? '' : row.code),
    make('span', { class: 'cl-soft' }, [row.detail, row.state].filter((words) => words && words !== row.title && words !== row.code).join(' · ')))
  button.addEventListener('click', () => {
    lookAt(room, row.point)
    room.chart?.choose(row.point, row.title)
    say(t('已在地图上标出：{0}', row.title))
    if (isNarrow() && room.chart) openSide(room, 'list', false)
  })
  const line = make('li', { class: 'cl-spot' }, button)
  if (row.url) line.append(make('a', { class: 'btn btn-sm', href: row.url, 'aria-label': t('打开 {0}', row.title) }, t('打开')))
  return line
}

/** Up and down move among the rows, as on the desks. */
export function moveByArrows(list: HTMLElement): void {
  list.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step) return
    const rows = all('[data-row-go]', list)
    const next = rows[rows.indexOf(document.activeElement as HTMLElement) + step]
    if (!next) return
    next.focus()
    event.preventDefault()
  })
}

interface Shelf {
  scope: HTMLElement
  layers: HTMLElement
  rows: HTMLOListElement
  foot: HTMLElement
}

function drawCounts(room: Room, shelf: Shelf, found: Inside['counts'], reload: () => void): void {
  const current = currentLayer(room)?.name
  const focused = (document.activeElement as HTMLElement | null)?.dataset['list']
  shelf.layers.replaceChildren(...found.map(({ layer, label, count, more }) => {
    const button = make('button', { type: 'button', class: 'cl-kind', 'aria-pressed': String(layer === current), 'data-list': layer }, label, ' ', make('span', { class: 'cl-count' }, more ? `${count}+` : String(count)))
    button.addEventListener('click', () => {
      room.settings.listed = layer
      keepSettings(room)
      reload()
    })
    return button
  }))
  if (focused) shelf.layers.querySelector<HTMLElement>(`[data-list="${focused}"]`)?.focus()
}

function drawFoot(shelf: Shelf, layer: Layer, more: (() => void) | null): void {
  const parts: Node[] = []
  if (more) {
    const button = make('button', { type: 'button', class: 'btn btn-sm', 'data-more': '' }, t('显示更多'))
    button.addEventListener('click', more)
    parts.push(button)
  }
  if (layer.list_url) parts.push(make('a', { href: layer.list_url }, t('打开完整列表')))
  shelf.foot.replaceChildren(...parts)
}

function note(words: string): HTMLElement {
  return make('li', { class: 'cl-spot cl-spot--note' }, words)
}

/** Fill the list, and again whenever view, layers, shape or data are others. */
export function openList(room: Room): void {
  const shelf: Shelf = { scope: partOf(room, 'list-scope'), layers: partOf(room, 'list-layers'), rows: partOf(room, 'list-rows') as HTMLOListElement, foot: partOf(room, 'list-foot') }
  const clear = partOf(room, 'list-clear')
  let asking: AbortController | null = null
  let waiting = 0

  const load = async (after = ''): Promise<void> => {
    const layer = currentLayer(room)
    const scope = scopeOf(room)
    clear.hidden = room.shape === null
    shelf.scope.textContent = scope?.words ?? t('范围太大，请放大地图，或画一个范围')
    if (!layer || !scope) return shelf.rows.replaceChildren()
    asking?.abort()
    asking = new AbortController()
    shelf.rows.setAttribute('aria-busy', 'true')
    if (!shelf.rows.childElementCount) shelf.rows.replaceChildren(note(t('正在加载…')))
    const names = listedLayers(room).map(({ name }) => name).join(',')
    const of = ofLayer(room, layer)
    const filter = of.length ? `&of=${of.join(',')}` : ''
    try {
      const found = await ask<Inside>(`${INSIDE}?${scope.query}&layers=${names}&layer=${layer.name}${filter}&size=50${after ? `&after=${encodeURIComponent(after)}` : ''}`, asking.signal)
      show(found, layer, after !== '')
    } catch (error) {
      if (isTrouble(error)) shelf.rows.replaceChildren(sayTrouble('li', error, () => void load()))
    }
    shelf.rows.removeAttribute('aria-busy')
  }

  const show = (found: Inside, layer: Layer, isMore: boolean): void => {
    const { next } = found
    const lines = found.rows.map((row) => rowLine(room, row))
    if (isMore) {
      shelf.rows.append(...lines)
      lines[0]?.querySelector<HTMLElement>('button')?.focus()
    } else {
      drawCounts(room, shelf, found.counts, () => void load())
      shelf.rows.replaceChildren(...(lines.length ? lines : [note(t('这里没有{0}', layer.label))]))
    }
    shelf.rows.setAttribute('aria-label', layer.label)
    drawFoot(shelf, layer, next ? () => void load(next) : null)
  }

  const soon = (): void => {
    window.clearTimeout(waiting)
    waiting = window.setTimeout(() => void load(), WAIT)
  }
  for (const news of ['view', 'layers', 'versions'] as const) room.hear(news, () => (news === 'view' && room.shape ? undefined : soon()))
  room.hear('shape', () => void load())
  moveByArrows(shelf.rows)
  void load()
}

/** What is under a click, of the layers that are shown. */
export async function identify(room: Room, [lon, lat]: [number, number], zoom: number): Promise<Row[]> {
  const names = listedLayers(room).filter((layer) => isShown(room, layer)).map(({ name }) => name)
  if (names.length === 0) return []
  const found = await ask<{ rows: Row[] }>(`${IDENTIFY}?lon=${lon.toFixed(6)}&lat=${lat.toFixed(6)}&zoom=${zoom.toFixed(1)}&layers=${names.join(',')}`)
  return found.rows
}
