// How many where: squares of the ground in classes of their counts. Each class holds as many squares as the next (quantiles of
// what is in view), so that no crowded spot drowns the rest in red.
export const HEAT_COLOURS = ['#ffeda0', '#feb24c', '#fc7b3b', '#d7261e', '#7a0177']
const SQUARES = 3 // zooms below a tile: eight a side, as the server gathers its clusters

export interface Counted {
  lon: number
  lat: number
  n: number
}

export interface Square {
  x: number
  y: number
  n: number
}

/** Counts by square of Web Mercator at this zoom, three below the tiles. */
export function squaresOf(counted: readonly Counted[], zoom: number): { level: number; squares: Square[] } {
  const level = zoom + SQUARES
  const side = 2 ** level
  const found = new Map<string, Square>()
  for (const { lon, lat, n } of counted) {
    const x = Math.floor(((lon + 180) / 360) * side)
    const y = Math.floor(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * side)
    const square = found.get(`${x} ${y}`) ?? { x, y, n: 0 }
    square.n += n
    found.set(`${x} ${y}`, square)
  }
  return { level, squares: [...found.values()] }
}

/** The least count of each class, rising; fewer classes where counts are few. */
export function breaksOf(squares: readonly Square[], classes = HEAT_COLOURS.length): number[] {
  const counts = squares.map(({ n }) => n).sort((one, other) => one - other)
  const cuts = Array.from({ length: classes }, (_, index) => counts[Math.floor((index * counts.length) / classes)] ?? 0)
  return [...new Set(cuts)].filter((cut) => cut > 0)
}

export function classOf(n: number, breaks: readonly number[]): number {
  return Math.max(0, breaks.filter((least) => n >= least).length - 1)
}

/** The colours of so many classes, from light to dark. */
export function coloursOf(classes: number): string[] {
  const last = HEAT_COLOURS.length - 1
  return Array.from({ length: classes }, (_, index) => HEAT_COLOURS[classes === 1 ? 2 : Math.round((index * last) / (classes - 1))] as string)
}

const lonOf = (x: number, level: number): number => (x / 2 ** level) * 360 - 180
const latOf = (y: number, level: number): number => (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / 2 ** level))) * 180) / Math.PI

/** Squares as GeoJSON, each with its count and colour. */
export function drawSquares(level: number, squares: readonly Square[], breaks: readonly number[]): GeoJSON.FeatureCollection {
  const colours = coloursOf(breaks.length)
  const features = squares.map(({ x, y, n }): GeoJSON.Feature => {
    const [west, east, north, south] = [lonOf(x, level), lonOf(x + 1, level), latOf(y, level), latOf(y + 1, level)]
    const ring = [[west, north], [east, north], [east, south], [west, south], [west, north]]
    return { type: 'Feature', properties: { n, colour: colours[classOf(n, breaks)] }, geometry: { type: 'Polygon', coordinates: [ring] } }
  })
  return { type: 'FeatureCollection', features }
}

/** Metres of a square's side at this latitude. */
export const sideOf = (level: number, lat: number): number => (40_075_016.686 / 2 ** level) * Math.cos((lat * Math.PI) / 180)
