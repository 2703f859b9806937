// The ground and the grids in our own quiet colours. Names are drawn with the machine's own fonts: without a `glyphs` address
// the engine renders every letter locally, so nothing is fetched.
export const FONTS = ['Microsoft YaHei', 'PingFang SC', 'Noto Sans CJK SC', 'sans-serif']

const MAIN = ['motorway', 'trunk', 'primary', 'secondary']
const INK = '#3b4652'
export const HALO = { 'text-halo-color': '#fff', 'text-halo-width': 1.6 }

/** A line of a style without its source: paint.ts adds that. `on` is the part it draws, `rank` what it lies above. */
export interface Drawn {
  on: string
  id: string
  rank: number
  type: 'fill' | 'line' | 'symbol' | 'circle'
  filter?: unknown
  minzoom?: number
  maxzoom?: number
  layout?: Record<string, unknown>
  paint?: Record<string, unknown>
}

const isMain = ['match', ['get', 'class'], MAIN, true, false]

function width(main: number, other: number): unknown {
  return ['interpolate', ['exponential', 1.6], ['zoom'], 10, ['case', isMain, main * 0.5, 0.2], 13, ['case', isMain, main, other], 18, ['case', isMain, main * 8, other * 9]]
}

const ROUND = { 'line-cap': 'round', 'line-join': 'round' }
const level = (name: string) => ['==', ['get', 'level'], name]

export const GROUND: Drawn[] = [
  { on: 'areas', id: 'ground', rank: 10, type: 'fill', filter: level('district'), paint: { 'fill-color': '#fafaf7' } },
  { on: 'streets', id: 'case', rank: 30, type: 'line', layout: ROUND, paint: { 'line-color': '#c6ced6', 'line-width': width(3.2, 1.7) } },
  { on: 'streets', id: 'street', rank: 31, type: 'line', layout: ROUND, paint: { 'line-color': ['case', isMain, '#fff1c9', '#ffffff'], 'line-width': width(2, 1) } },
  { on: 'areas', id: 'community', rank: 40, type: 'line', minzoom: 14, filter: level('community'), paint: { 'line-color': '#a78bb5', 'line-width': 0.8, 'line-dasharray': [2, 3] } },
  { on: 'areas', id: 'street-area', rank: 41, type: 'line', minzoom: 11, filter: level('street'), paint: { 'line-color': '#9a76ad', 'line-width': 1.2, 'line-dasharray': [5, 2] } },
  { on: 'areas', id: 'district', rank: 42, type: 'line', filter: level('district'), paint: { 'line-color': '#7d4f96', 'line-width': 1.8, 'line-dasharray': [6, 2, 1, 2] } },
  { on: 'streets', id: 'name', rank: 70, type: 'symbol', minzoom: 13, layout: { 'symbol-placement': 'line', 'text-field': ['get', 'name'], 'text-font': FONTS, 'text-size': ['case', isMain, 12.5, 11.5], 'text-max-angle': 35, 'symbol-spacing': 320 }, paint: { 'text-color': INK, ...HALO } },
  { on: 'area_labels', id: 'name', rank: 72, type: 'symbol', layout: { 'text-field': ['get', 'name'], 'text-font': FONTS, 'text-size': ['match', ['get', 'level'], ['city', 'district'], 16, 'street', 13, 12], 'text-max-width': 8 }, paint: { 'text-color': '#6b4580', ...HALO } },
]

const DUTY = '#1b5e9f'
const WORK = '#0f766e'
const THICKER = ['interpolate', ['linear'], ['zoom'], 11, 0.7, 15, 1.8]

export const GRIDS: Drawn[] = [
  { on: 'cells', id: 'line', rank: 33, type: 'line', paint: { 'line-color': '#8799ab', 'line-width': ['interpolate', ['linear'], ['zoom'], 13, 0.4, 17, 1.1], 'line-dasharray': [3, 2] } },
  { on: 'duty_grids', id: 'fill', rank: 20, type: 'fill', paint: { 'fill-color': DUTY, 'fill-opacity': 0.05 } },
  { on: 'duty_grids', id: 'line', rank: 50, type: 'line', paint: { 'line-color': DUTY, 'line-width': THICKER } },
  { on: 'duty_grid_labels', id: 'name', rank: 71, type: 'symbol', minzoom: 14, layout: { 'text-field': ['get', 'name'], 'text-font': FONTS, 'text-size': 12 }, paint: { 'text-color': DUTY, ...HALO } },
  { on: 'work_grids', id: 'fill', rank: 21, type: 'fill', paint: { 'fill-color': WORK, 'fill-opacity': 0.06 } },
  { on: 'work_grids', id: 'line', rank: 51, type: 'line', paint: { 'line-color': WORK, 'line-width': THICKER, 'line-dasharray': [4, 1.5] } },
  { on: 'work_grid_labels', id: 'name', rank: 71, type: 'symbol', minzoom: 14, layout: { 'text-field': ['get', 'name'], 'text-font': FONTS, 'text-size': 12 }, paint: { 'text-color': WORK, ...HALO } },
]
