// What the parts of the map page share: the catalogue, what this person has chosen, the drawn map if there is one, and a bell
// that says what has changed.
import { all, one } from '../core/dom'
import { keep, recall } from '../core/storage'
import type { Catalogue, Imagery, Layer } from '../map/catalogue'
import type { Colouring } from '../map/lamps'
import type { Chart } from './chart'
import type { Box, Point } from './geometry'

export interface Settings {
  shown: Record<string, boolean>
  of: Record<string, string[]>
  heat: string
  colouring: Colouring
  panel: boolean
  list: boolean
  listed: string
  view: { centre: Point; zoom: number } | null
}

/** What is looked at where it was not drawn: a click, a circle or a polygon in the words of /api/v1/map/inside. */
export interface Shape {
  query: string
  words: string
  box: Box
}

export type News = 'view' | 'layers' | 'shape' | 'versions' | 'heat' | 'colouring'

export interface Room {
  root: HTMLElement
  catalogue: Catalogue
  imagery: Imagery[]
  settings: Settings
  chart: Chart | null
  shape: Shape | null
  /** Without a drawn map: a place and how far around it. */
  spot: { centre: Point; metres: number }
  tell: (news: News) => void
  hear: (news: News, what: () => void) => void
}

const NAME = 'map'
const FRESH: Settings = { shown: {}, of: {}, heat: '', colouring: 'lamp', panel: true, list: true, listed: '', view: null }
const NARROW = '(max-width: 899px)'

export const isNarrow = (): boolean => matchMedia(NARROW).matches

function recalled(): Settings {
  const kept = recall<Partial<Settings>>(NAME) ?? {}
  return { ...FRESH, ...kept, shown: { ...kept.shown }, of: { ...kept.of } }
}

function bells(): Pick<Room, 'tell' | 'hear'> {
  const known = new Map<News, (() => void)[]>()
  return {
    tell: (news) => known.get(news)?.forEach((what) => what()),
    hear: (news, what) => void known.set(news, [...(known.get(news) ?? []), what]),
  }
}

const FAR = 2000 // metres around the middle, until somebody says otherwise

export function openRoom(root: HTMLElement, catalogue: Catalogue, imagery: Imagery[]): Room {
  const settings = recalled()
  const extent = catalogue.extent ?? [121.46, 31.2, 121.5, 31.24]
  const middle: Point = [(extent[0] + extent[2]) / 2, (extent[1] + extent[3]) / 2]
  const centre = settings.view?.centre ?? middle
  return { root, catalogue, imagery, settings, chart: null, shape: null, spot: { centre, metres: FAR }, ...bells() }
}

export const keepSettings = (room: Room): void => keep(NAME, room.settings)

export const isShown = (room: Room, layer: Layer): boolean => room.settings.shown[layer.name] ?? layer.shown

/** Imagery is remembered among the layers by its number; it is off until somebody wants it. */
export const imageName = ({ id }: Imagery): string => `imagery-${id}`
export const isImageShown = (room: Room, image: Imagery): boolean => room.settings.shown[imageName(image)] ?? false

/** The words of a layer's filter; heat follows the layer that it is the heat of (`case_heat`, `cases`). */
export function ofLayer(room: Room, layer: Layer): string[] {
  return layer.filtered ? (room.settings.of[layer.name.replace(/_heat$/, 's')] ?? []) : []
}

export const layerOf = (room: Room, name: string): Layer | undefined => room.catalogue.layers.find((layer) => layer.name === name)

/** Look at a place, on the map or without it. */
export function lookAt(room: Room, centre: Point, zoom?: number): void {
  if (room.chart) return room.chart.go(centre, zoom)
  room.spot = { ...room.spot, centre }
  room.tell('view')
}

/** The side parts: open or folded beside the map, drawers above it on a narrow screen. */
export function openSide(room: Room, side: 'panel' | 'list', open: boolean): void {
  const narrow = isNarrow()
  room.root.toggleAttribute(`data-${side}-open`, open)
  if (narrow && open) room.root.removeAttribute(`data-${side === 'panel' ? 'list' : 'panel'}-open`)
  for (const name of ['panel', 'list']) {
    for (const button of all(`[data-side="${name}"]`, room.root)) button.setAttribute('aria-expanded', String(room.root.hasAttribute(`data-${name}-open`)))
  }
  if (!narrow) {
    room.settings[side] = open
    keepSettings(room)
  }
  room.chart?.resize()
}

export const partOf = (room: Room, name: string): HTMLElement => one(`[data-part="${name}"]`, room.root) as HTMLElement
