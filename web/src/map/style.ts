// Our own base map: streets, cells, duty grids and components as GeoJSON from /api/v1/base-map. Names are drawn with the
// machine's own fonts: without a `glyphs` address the engine renders every letter locally, so nothing is fetched.
import type { LayerSpecification, StyleSpecification } from 'maplibre-gl'

const FONTS = ['Microsoft YaHei', 'PingFang SC', 'Noto Sans CJK SC', 'sans-serif']
const of = (layer: string) => ['==', ['get', 'layer'], layer] as const

const MAIN = ['motorway', 'trunk', 'primary', 'secondary']

const layers = [
  { id: 'ground', type: 'background', paint: { 'background-color': '#f1f3f5' } },
  { id: 'duty-fill', type: 'fill', source: 'base', filter: of('duty_grids'), paint: { 'fill-color': '#1b5e9f', 'fill-opacity': 0.05 } },
  { id: 'cell-line', type: 'line', source: 'base', filter: of('cells'), minzoom: 15, paint: { 'line-color': '#9fb0c2', 'line-width': 0.8, 'line-dasharray': [3, 2] } },
  { id: 'street-case', type: 'line', source: 'base', filter: of('streets'), layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': '#cfd6dd', 'line-width': width(3) } },
  { id: 'street', type: 'line', source: 'base', filter: of('streets'), layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': ['match', ['get', 'road_class'], MAIN, '#fff3cf', '#ffffff'], 'line-width': width(1.6) } },
  { id: 'duty-line', type: 'line', source: 'base', filter: of('duty_grids'), paint: { 'line-color': '#1b5e9f', 'line-width': 1.6 } },
  { id: 'component', type: 'circle', source: 'base', filter: of('components'), minzoom: 16, paint: { 'circle-radius': 3.5, 'circle-color': '#55718c', 'circle-stroke-color': '#fff', 'circle-stroke-width': 1 } },
  { id: 'street-name', type: 'symbol', source: 'base', filter: of('streets'), minzoom: 14, layout: { 'symbol-placement': 'line', 'text-field': ['get', 'name'], 'text-font': FONTS, 'text-size': 12, 'text-max-angle': 35 }, paint: { 'text-color': '#3b4652', 'text-halo-color': '#fff', 'text-halo-width': 1.6 } },
  { id: 'duty-name', type: 'symbol', source: 'base', filter: of('duty_grids'), minzoom: 13, maxzoom: 16, layout: { 'text-field': ['get', 'name'], 'text-font': FONTS, 'text-size': 12 }, paint: { 'text-color': '#1b5e9f', 'text-halo-color': '#fff', 'text-halo-width': 1.6 } },
] as unknown as LayerSpecification[]

function width(factor: number): unknown {
  return ['interpolate', ['exponential', 1.6], ['zoom'], 12, ['match', ['get', 'road_class'], MAIN, factor, factor * 0.5], 18, ['match', ['get', 'road_class'], MAIN, factor * 8, factor * 5]]
}

export function baseStyle(): StyleSpecification {
  return { version: 8, sources: { base: { type: 'geojson', data: { type: 'FeatureCollection', features: [] } } }, layers }
}
