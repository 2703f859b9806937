// The heat of one layer: what its tiles hold in view, by squares, with a legend that says what the classes are.
import { make } from '../core/dom'
import { t } from '../core/texts'
import { legendSign } from '../map/symbols'
import type { Chart } from './chart'
import { breaksOf, coloursOf, drawSquares, sideOf, squaresOf, type Counted } from './heat'
import { layerOf, partOf, type Room } from './room'

function countedIn(room: Room, chart: Chart): Counted[] {
  const layer = layerOf(room, room.settings.heat)
  const parts = layer?.parts.filter(({ geometry, name }) => geometry === 'point' && !name.endsWith('_labels')) ?? []
  return parts.flatMap(({ name }) => chart.engine.querySourceFeatures(room.settings.heat, { sourceLayer: name })).flatMap(({ geometry, properties }) =>
    geometry.type === 'Point' ? [{ lon: geometry.coordinates[0] ?? 0, lat: geometry.coordinates[1] ?? 0, n: Number(properties['n'] ?? 1) }] : [])
}

function drawLegend(room: Room, breaks: readonly number[], metres: number): void {
  const holder = partOf(room, 'heat')
  const layer = layerOf(room, room.settings.heat)
  holder.hidden = !layer || breaks.length === 0
  if (holder.hidden) return
  const colours = coloursOf(breaks.length)
  const range = (least: number, index: number): string => {
    const next = breaks[index + 1]
    return next === undefined ? t('{0} 以上', least) : next - 1 > least ? `${least}–${next - 1}` : String(least)
  }
  const lines = breaks.map((least, index) => make('li', {}, legendSign('fill', colours[index] ?? ''), make('span', { class: 'cl-number' }, range(least, index))))
  holder.replaceChildren(make('strong', {}, t('{0}热力', layer?.label ?? '')), make('span', { class: 'cl-soft' }, t('每格约 {0} 米的数量', Math.round(metres / 10) * 10)), make('ul', { class: 'cl-legend' }, ...lines))
}

/** Draw heat whenever the tiles in view have come to rest. */
export function openHeat(room: Room, chart: Chart): void {
  let drawn = ''
  const draw = (): void => {
    const layer = layerOf(room, room.settings.heat)
    const zoom = Math.min(Math.max(Math.floor(chart.engine.getZoom()), layer?.min_zoom ?? 0), layer?.max_zoom ?? 18)
    const { level, squares } = squaresOf(layer ? countedIn(room, chart) : [], zoom)
    const breaks = breaksOf(squares)
    const state = JSON.stringify([room.settings.heat, level, breaks, squares.length, squares.reduce((sum, { x, y, n }) => (sum * 31 + x + y * 7 + n) % 1e9, 7)])
    if (state === drawn) return // our own drawing brings the map to rest again
    drawn = state
    chart.draw('heat', drawSquares(level, squares, breaks))
    drawLegend(room, breaks, sideOf(level, chart.engine.getCenter().lat))
  }
  chart.engine.on('idle', draw)
  room.hear('heat', () => void chart.engine.once('idle', draw))
  chart.engine.triggerRepaint()
}
