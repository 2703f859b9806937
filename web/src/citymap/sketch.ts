// Drawing on the map: measure a way or an area, or draw a circle or polygon and list what is inside. By mouse, by touch, and by
// keyboard: Enter sets a corner in the middle of the map, Backspace takes one back, Shift and Enter finish, Esc gives up.
import type { MapMouseEvent } from 'maplibre-gl'
import { all, make, say } from '../core/dom'
import { t, type Words } from '../core/texts'
import type { Chart } from './chart'
import { area, boxOf, circle, distance, length, sayArea, sayLength, type Point } from './geometry'
import { openSide, partOf, type Room } from './room'

export type Tool = 'distance' | 'area' | 'circle' | 'polygon'

const LEAST: Record<Tool, number> = { distance: 2, area: 3, circle: 2, polygon: 3 }
const MOST_CORNERS = 200
const MOST_METRES = 20_000
const HINTS: Record<Tool, Words> = {
  distance: '测距：依次点选，双击结束',
  area: '测面积：依次点选各角，双击结束',
  circle: '画圆：先点圆心，再点圆上一点',
  polygon: '画多边形：依次点选各角，双击结束',
}

interface Sketch {
  tool: Tool | null
  points: Point[]
  done: boolean
}

function wordsOf(tool: Tool, points: readonly Point[]): string {
  if (points.length < 2) return ''
  if (tool === 'distance') return sayLength(length(points))
  if (tool === 'circle') return t('半径 {0}', sayLength(distance(points[0] as Point, points[1] as Point)))
  return points.length < 3 ? sayLength(length(points)) : t('面积 {0}，周长 {1}', sayArea(area(points)), sayLength(length([...points, points[0] as Point])))
}

const feature = (geometry: GeoJSON.Geometry, words = ''): GeoJSON.Feature => ({ type: 'Feature', properties: words ? { words } : {}, geometry })

function drawn(tool: Tool, points: readonly Point[]): GeoJSON.FeatureCollection {
  const corners = points.map((point) => feature({ type: 'Point', coordinates: point }))
  const last = points[points.length - 1]
  const words = last ? [feature({ type: 'Point', coordinates: last }, wordsOf(tool, points))] : []
  const ring = tool === 'circle' && points.length > 1 ? circle(points[0] as Point, distance(points[0] as Point, points[1] as Point)) : points
  const isRing = tool !== 'distance' && ring.length > 2
  const shape: GeoJSON.Geometry = isRing ? { type: 'Polygon', coordinates: [[...ring, ring[0] as Point]] } : { type: 'LineString', coordinates: [...points] }
  return { type: 'FeatureCollection', features: [...(points.length > 1 ? [feature(shape)] : []), ...corners, ...words] }
}

const decimal = ([lon, lat]: Point): string => `${lon.toFixed(6)} ${lat.toFixed(6)}`

/** Ask the list for what lies in the finished shape. */
function listInside(room: Room, tool: Tool, points: readonly Point[]): void {
  if (tool === 'circle') {
    const [centre, edge] = points as [Point, Point]
    const metres = Math.min(MOST_METRES, Math.max(1, Math.round(distance(centre, edge))))
    room.shape = { query: `circle=${centre[0].toFixed(6)},${centre[1].toFixed(6)},${metres}`, words: t('圆内（半径 {0}）', sayLength(metres)), box: boxOf(circle(centre, metres)) }
  } else room.shape = { query: `polygon=${encodeURIComponent(points.map(decimal).join(','))}`, words: t('多边形内（{0}）', sayArea(area(points))), box: boxOf(points) }
  openSide(room, 'list', true)
  room.tell('shape')
}

/** The bar that says what is being drawn and has a button for everything a key does. */
function drawBar(room: Room, sketch: Sketch, act: { back: () => void; finish: () => void; stop: () => void }): void {
  const bar = partOf(room, 'sketch')
  const { tool, points, done } = sketch
  bar.hidden = tool === null
  if (!tool) return bar.replaceChildren()
  const button = (words: Words, run: () => void, off = false): HTMLElement => {
    const made = make('button', { type: 'button', class: 'btn btn-sm', ...(off ? { disabled: '' } : {}) }, t(words))
    made.addEventListener('click', run)
    return made
  }
  const buttons = done ? [button('清除', act.stop)] : [button('退一点', act.back, points.length === 0), button('完成', act.finish, points.length < LEAST[tool]), button('取消', act.stop)]
  bar.replaceChildren(make('strong', {}, wordsOf(tool, points) || t(HINTS[tool])), ...(done ? [] : [make('span', { class: 'cl-soft' }, t('键盘：Enter 加点，Shift+Enter 完成'))]), ...buttons)
}

export interface Drawing {
  start: (tool: Tool) => void
  stop: () => void
  isOn: () => boolean
}

/** Same place twice, as a double click gives, is one corner. */
const isSame = (one: Point | undefined, other: Point): boolean => one !== undefined && distance(one, other) < 0.05

export function openSketch(room: Room, chart: Chart, clicked: (event: MapMouseEvent) => void): Drawing {
  const { engine } = chart
  const sketch: Sketch = { tool: null, points: [], done: false }
  const isOn = (): boolean => sketch.tool !== null && !sketch.done
  const draw = (hover?: Point): void => {
    if (sketch.tool) chart.draw('sketch', drawn(sketch.tool, hover ? [...sketch.points, hover] : sketch.points))
  }
  const changed = (): void => {
    draw()
    drawBar(room, sketch, { back, finish, stop })
    root().toggleAttribute('data-drawing', isOn())
    for (const button of all('[data-tool]', room.root)) button.setAttribute('aria-pressed', String(button.dataset['tool'] === sketch.tool))
    engine.doubleClickZoom[isOn() ? 'disable' : 'enable']()
  }
  const root = (): HTMLElement => room.root
  const finish = (): void => {
    const { tool, points } = sketch
    if (!tool || points.length < LEAST[tool]) return
    sketch.done = true
    changed()
    say(wordsOf(tool, points))
    if (tool === 'circle' || tool === 'polygon') listInside(room, tool, points)
  }
  const back = (): void => {
    sketch.points.pop()
    changed()
  }
  const stop = (): void => {
    Object.assign(sketch, { tool: null, points: [], done: false })
    chart.draw('sketch', { type: 'FeatureCollection', features: [] })
    changed()
    if (room.shape) {
      room.shape = null
      room.tell('shape')
    }
  }
  const add = (point: Point): void => {
    if (isSame(sketch.points[sketch.points.length - 1], point) || sketch.points.length >= MOST_CORNERS) return
    sketch.points.push(point)
    changed()
    say(wordsOf(sketch.tool as Tool, sketch.points) || t('已加第 {0} 点', sketch.points.length))
    if (sketch.tool === 'circle' && sketch.points.length === 2) finish()
  }
  const start = (tool: Tool): void => {
    stop()
    sketch.tool = tool
    changed()
    say(t(HINTS[tool]))
    engine.getCanvas().focus()
  }
  engine.on('click', (event) => (isOn() ? add(event.lngLat.toArray()) : clicked(event)))
  engine.on('dblclick', (event) => {
    if (!isOn()) return
    event.preventDefault()
    finish()
  })
  engine.on('mousemove', (event) => (isOn() && sketch.points.length > 0 ? draw(event.lngLat.toArray()) : undefined))
  const keys: Record<string, () => void> = { Enter: () => add(engine.getCenter().toArray()), Backspace: back, Escape: stop }
  engine.getCanvas().addEventListener('keydown', (event) => {
    const run = event.shiftKey && event.key === 'Enter' ? finish : keys[event.key]
    if (!sketch.tool || !run || (sketch.done && event.key !== 'Escape')) return
    event.preventDefault()
    event.stopPropagation()
    run()
  })
  return { start, stop, isOn }
}
