// Distances and areas on the ground, and how they are said. Pure.
import { t } from '../core/texts'

export type Point = [number, number] // degrees: longitude, latitude
export type Box = [number, number, number, number] // west, south, east, north

const RADIUS = 6_371_008.8 // metres, the mean of the Earth's
const radians = (degrees: number): number => (degrees * Math.PI) / 180

/** Metres between two places. */
export function distance([lon, lat]: Point, [lon2, lat2]: Point): number {
  const a = Math.sin(radians(lat2 - lat) / 2) ** 2 + Math.cos(radians(lat)) * Math.cos(radians(lat2)) * Math.sin(radians(lon2 - lon) / 2) ** 2
  return 2 * RADIUS * Math.asin(Math.sqrt(Math.min(1, a)))
}

export function length(points: readonly Point[]): number {
  return points.slice(1).reduce((sum, point, index) => sum + distance(points[index] as Point, point), 0)
}

/** Square metres within a ring of corners, which closes itself. */
export function area(ring: readonly Point[]): number {
  const sum = ring.reduce((total, [lon, lat], index) => {
    const [next, nextLat] = ring[(index + 1) % ring.length] as Point
    return total + radians(next - lon) * (2 + Math.sin(radians(lat)) + Math.sin(radians(nextLat)))
  }, 0)
  return Math.abs((sum * RADIUS * RADIUS) / 2)
}

const CORNERS = 64

export function circle([lon, lat]: Point, metres: number): Point[] {
  const high = (metres / RADIUS) * (180 / Math.PI)
  const wide = high / Math.max(Math.cos(radians(lat)), 0.01)
  return Array.from({ length: CORNERS }, (_, corner) => {
    const turn = (2 * Math.PI * corner) / CORNERS
    return [lon + wide * Math.cos(turn), lat + high * Math.sin(turn)]
  })
}

export function boxOf(points: readonly Point[]): Box {
  const [lons, lats] = [points.map(([lon]) => lon), points.map(([, lat]) => lat)]
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)]
}

const figures = (value: number, digits: number): string => value.toLocaleString('en', { maximumFractionDigits: digits })

export function sayLength(metres: number): string {
  return metres < 1000 ? t('{0} 米', figures(metres, metres < 100 ? 1 : 0)) : t('{0} 公里', figures(metres / 1000, 2))
}

export function sayArea(square: number): string {
  if (square < 10_000) return t('{0} 平方米', figures(square, 0))
  return square < 1_000_000 ? t('{0} 公顷', figures(square / 10_000, 2)) : t('{0} 平方公里', figures(square / 1_000_000, 2))
}

/** A place that was written as `121.48, 31.22` (or the other way round: a latitude is never above 90). */
export function readPlace(text: string): Point | null {
  const found = /^\s*(-?\d{1,3}(?:\.\d+)?)\s*[,，\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/.exec(text)
  if (!found) return null
  const [one, other] = [Number(found[1]), Number(found[2])]
  const [lon, lat] = Math.abs(one) <= 90 && Math.abs(other) > 90 ? [other, one] : [one, other]
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 85 ? [lon, lat] : null
}
