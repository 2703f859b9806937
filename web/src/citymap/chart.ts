// The drawn map of the map page: the engine with every layer of the catalogue, hidden or shown, and sheets of our own on top
// (heat below the signs; what is drawn by hand and what was chosen above all).
import type { GeoJSONSource, Map as Engine, MapMouseEvent, StyleSpecification } from 'maplibre-gl'
import { tilesOf } from '../map/catalogue'
import { NEAR, openEngine } from '../map/engine'
import { FONTS, HALO } from '../map/ground'
import { caseOrder, caseSign, lampPart } from '../map/lamps'
import { isCluster, styleOf } from '../map/paint'
import type { Box, Point } from './geometry'
import { imageName, isImageShown, isShown, keepSettings, layerOf, ofLayer, type Room } from './room'

const HAND = '#b3261e'
const EMPTY: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] }

export type Sheet = 'heat' | 'sketch' | 'chosen'

export interface Chart {
  engine: Engine
  box: () => Box
  go: (centre: Point, zoom?: number) => void
  fit: (box: Box) => void
  draw: (sheet: Sheet, data: GeoJSON.FeatureCollection) => void
  choose: (place: Point | null, words: string) => void
  resize: () => void
  /** The map as it stands, as an image's address. */
  picture: () => Promise<string>
}

const ownSheets = [
  { id: 'sketch-fill', type: 'fill', source: 'sketch', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': HAND, 'fill-opacity': 0.08 } },
  { id: 'sketch-line', type: 'line', source: 'sketch', paint: { 'line-color': HAND, 'line-width': 2.5 } },
  { id: 'sketch-corner', type: 'circle', source: 'sketch', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': 4.5, 'circle-color': '#fff', 'circle-stroke-color': HAND, 'circle-stroke-width': 2 } },
  { id: 'sketch-words', type: 'symbol', source: 'sketch', filter: ['has', 'words'], layout: { 'text-field': ['get', 'words'], 'text-font': FONTS, 'text-size': 13, 'text-offset': [0, -1.3], 'text-allow-overlap': true }, paint: { 'text-color': HAND, ...HALO, 'text-halo-width': 2 } },
  { id: 'chosen-ring', type: 'circle', source: 'chosen', paint: { 'circle-radius': 14, 'circle-color': 'rgba(27,94,159,.12)', 'circle-stroke-color': '#1b5e9f', 'circle-stroke-width': 3 } },
  { id: 'chosen-words', type: 'symbol', source: 'chosen', layout: { 'text-field': ['get', 'words'], 'text-font': FONTS, 'text-size': 13, 'text-anchor': 'top', 'text-offset': [0, 1.4], 'text-max-width': 16, 'text-allow-overlap': true }, paint: { 'text-color': '#134a80', ...HALO, 'text-halo-width': 2 } },
]
const heatSheet = { id: 'heat-fill', type: 'fill', source: 'heat', paint: { 'fill-color': ['get', 'colour'], 'fill-opacity': 0.62, 'fill-outline-color': 'rgba(80,40,20,.25)' } }

/** The catalogue's style with our sheets; a probe keeps the tiles of counted points loaded while heat stands for their signs. */
function wholeStyle(room: Room): StyleSpecification {
  const { layers } = room.catalogue
  const shown = new Set(layers.filter((layer) => isShown(room, layer)).map(({ name }) => name))
  const of = Object.fromEntries(layers.map((layer) => [layer.name, ofLayer(room, layer)]))
  const style = styleOf(room.catalogue, { layers, shown, of })
  const lines = style.layers
  const probes = layers.filter((layer) => layer.parts.some(isCluster)).flatMap((layer) =>
    layer.parts.filter(({ geometry }) => geometry === 'point').map((part) => ({ id: `${layer.name}/${part.name}/probe`, type: 'circle', source: layer.name, 'source-layer': part.name, layout: { visibility: 'none' }, paint: { 'circle-opacity': 0, 'circle-radius': 1 } })))
  const signs = lines.findIndex(({ type }) => type === 'symbol')
  const above = signs < 0 ? lines.length : signs
  style.layers = [...lines.slice(0, above), heatSheet, ...lines.slice(above), ...probes, ...ownSheets] as StyleSpecification['layers']
  addImagery(room, style)
  for (const sheet of ['heat', 'sketch', 'chosen']) style.sources[sheet] = { type: 'geojson', data: EMPTY }
  return style
}

/** Imagery lies on the ground, below all lines. */
function addImagery(room: Room, style: StyleSpecification): void {
  const lines = room.imagery.map((image) => {
    const { bounds, attribution, min_zoom: minzoom, max_zoom: maxzoom } = image
    style.sources[imageName(image)] = { type: 'raster', tiles: [location.origin + image.tiles], tileSize: 256, bounds, minzoom, maxzoom, attribution }
    return { id: imageName(image), type: 'raster' as const, source: imageName(image), layout: { visibility: 'none' as const } }
  })
  const above = style.layers.findIndex(({ type }) => type === 'line')
  style.layers.splice(above < 0 ? style.layers.length : above, 0, ...lines)
}

function showLayers(room: Room, engine: Engine): void {
  for (const image of room.imagery) engine.setLayoutProperty(imageName(image), 'visibility', isImageShown(room, image) ? 'visible' : 'none')
  for (const line of engine.getStyle().layers) {
    if (!('source-layer' in line)) continue
    const layer = layerOf(room, line.source)
    if (!layer) continue
    const heated = room.settings.heat === layer.name
    const isProbe = line.id.endsWith('/probe')
    const isCounted = line.id.includes('_clusters/') || layer.parts.some((part) => part.geometry === 'point' && line.id.startsWith(`${layer.name}/${part.name}/`))
    const visible = isProbe ? heated : isShown(room, layer) && !(heated && isCounted)
    engine.setLayoutProperty(line.id, 'visibility', visible ? 'visible' : 'none')
  }
}

/** Filters and versions stand in the addresses of tiles. */
function addressTiles(room: Room, engine: Engine): void {
  for (const layer of room.catalogue.layers) {
    const source = engine.getSource(layer.name) as { tiles?: string[]; setTiles?: (tiles: string[]) => void } | undefined
    const wanted = tilesOf(layer, ofLayer(room, layer))
    if (source?.setTiles && source.tiles?.[0] !== wanted) source.setTiles([wanted])
  }
}

const TICK = 20_000 // ms between two looks at the clock

/** Cases change their lamps by themselves: their signs are told what time it is. */
function colourCases(room: Room, engine: Engine): void {
  const now = Math.floor(Date.now() / 1000)
  for (const layer of room.catalogue.layers) {
    const part = lampPart(layer)
    const id = `${layer.name}/${part?.name ?? ''}/sign`
    if (!part || !isShown(room, layer) || !engine.getLayer(id)) continue
    engine.setLayoutProperty(id, 'icon-image', caseSign(layer, room.settings.colouring, now))
    engine.setLayoutProperty(id, 'symbol-sort-key', caseOrder(now))
  }
}

function startOf(room: Room): { centre: Point; zoom: number } {
  const found = /^#map=([\d.]+)\/(-?[\d.]+)\/(-?[\d.]+)$/.exec(location.hash)
  if (found) return { zoom: Number(found[1]), centre: [Number(found[3]), Number(found[2])] }
  return room.settings.view ?? { centre: room.spot.centre, zoom: 13 }
}

function rememberView(room: Room, engine: Engine): void {
  engine.on('moveend', () => {
    const { lng, lat } = engine.getCenter()
    room.settings.view = { centre: [lng, lat], zoom: engine.getZoom() }
    keepSettings(room)
    history.replaceState(history.state, '', `#map=${engine.getZoom().toFixed(2)}/${lat.toFixed(5)}/${lng.toFixed(5)}`)
    room.tell('view')
  })
}

function picture(engine: Engine): Promise<string> {
  return new Promise((give) => {
    engine.once('render', () => give(engine.getCanvas().toDataURL('image/png')))
    engine.triggerRepaint()
  })
}

const point = ([lon, lat]: Point, words: string): GeoJSON.FeatureCollection => ({
  type: 'FeatureCollection',
  features: [{ type: 'Feature', properties: { words }, geometry: { type: 'Point', coordinates: [lon, lat] } }],
})

function chartOf(engine: Engine): Chart {
  const draw = (sheet: Sheet, data: GeoJSON.FeatureCollection) => void engine.getSource<GeoJSONSource>(sheet)?.setData(data)
  return {
    engine,
    draw,
    box: () => {
      const bounds = engine.getBounds()
      return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()]
    },
    go: (centre, zoom) => void engine.easeTo({ center: centre, zoom: zoom ?? Math.max(engine.getZoom(), NEAR), duration: 300 }),
    fit: (box) => void engine.fitBounds(box, { padding: 40, maxZoom: 18, duration: 300 }),
    choose: (place, words) => draw('chosen', place ? point(place, words) : EMPTY),
    resize: () => engine.resize(),
    picture: () => picture(engine),
  }
}

/** Draw the map of the page; throws where the engine cannot. */
export function openChart(room: Room, holder: HTMLElement): Promise<Chart> {
  const { centre, zoom } = startOf(room)
  const engine = openEngine(holder, { style: wholeStyle(room), centre: { lon: centre[0], lat: centre[1] }, zoom, attribution: room.catalogue.attribution, keepsPicture: true })
  const { extent } = room.catalogue
  if (extent && !room.settings.view && !location.hash) engine.fitBounds(extent, { padding: 24, animate: false })
  const chart = chartOf(engine)
  room.hear('layers', () => {
    showLayers(room, engine)
    addressTiles(room, engine)
  })
  room.hear('heat', () => showLayers(room, engine))
  room.hear('versions', () => addressTiles(room, engine))
  rememberView(room, engine)
  room.hear('colouring', () => colourCases(room, engine))
  window.setInterval(() => document.hidden || colourCases(room, engine), TICK)
  return new Promise((give) => engine.once('load', () => {
    showLayers(room, engine)
    colourCases(room, engine)
    give(chart)
  }))
}

/** The cluster under the pointer, if one is. */
export function clusterAt(chart: Chart, event: MapMouseEvent): Point | null {
  const { x, y } = event.point
  const lines = chart.engine.getStyle().layers.filter(({ id }) => id.endsWith('/disc')).map(({ id }) => id)
  const found = chart.engine.queryRenderedFeatures([[x - 4, y - 4], [x + 4, y + 4]], { layers: lines })[0]
  return found?.geometry.type === 'Point' ? (found.geometry.coordinates as Point) : null
}
