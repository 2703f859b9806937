// Which layers there are for this person, as /api/v1/map/layers says it: docs/develop/map.md.
import { ask } from '../core/ask'

export interface Mark {
  value: string | number
  label: string
  colour: string
  shape: string
  group: string
}

export interface Part {
  name: string
  label: string
  geometry: 'point' | 'line' | 'polygon' | 'mixed'
  min_zoom: number
  max_zoom: number
  property: string
  legend: Mark[]
}

export interface Layer {
  name: string
  label: string
  group: string
  min_zoom: number
  max_zoom: number
  shown: boolean
  follows: boolean
  listed: boolean
  filtered: boolean
  tiles: string
  version: string
  list_url: string | null
  parts: Part[]
}

export interface Catalogue {
  attribution: string
  extent: [number, number, number, number] | null
  base_map: { kind: string; url: string; attribution: string } | null
  following_seconds: number
  groups: { name: string; label: string }[]
  layers: Layer[]
}

/** A picture from the air, cut into tiles on our own disk. */
export interface Imagery {
  id: number
  name: string
  taken_on: string | null
  attribution: string
  bounds: [number, number, number, number]
  min_zoom: number
  max_zoom: number
  tiles: string
}

const IMAGERY = '/api/v1/imagery'
const LAYERS = '/api/v1/map/layers'
const VERSIONS = '/api/v1/map/versions'

let asked: Promise<Catalogue> | null = null

/** Asked once for all the maps of a page; again after it has failed. */
export function getCatalogue(): Promise<Catalogue> {
  asked ??= ask<Catalogue>(LAYERS).catch((error: unknown) => {
    asked = null
    throw error
  })
  return asked
}

export async function getVersions(): Promise<Record<string, string>> {
  return (await ask<{ versions: Record<string, string> }>(VERSIONS)).versions
}

/** The imagery that may be shown; none where it cannot be asked for: a map is whole without. */
export const getImagery = (): Promise<Imagery[]> => ask<Imagery[]>(IMAGERY).catch(() => [])

/** Where tiles of this version and filter are: absolute, since a worker asks for them. */
export function tilesOf(layer: Layer, of: readonly string[] = []): string {
  const filter = of.length ? `&of=${of.map(encodeURIComponent).join(',')}` : ''
  return `${location.origin}${layer.tiles.replace(/([?&]v=)[^&]*/, `$1${layer.version}`)}${filter}`
}
