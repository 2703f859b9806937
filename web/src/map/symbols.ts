// The signs of the map: one path each, drawn on the map's canvas and in the legend alike. A shape tells what a colour cannot
// tell everybody.
const CIRCLE = 'M10 3.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13z'
const PATHS: Record<string, string> = {
  circle: CIRCLE,
  square: 'M4.5 4.5h11v11h-11z',
  diamond: 'M10 2.5l7.5 7.5l-7.5 7.5l-7.5-7.5z',
  triangle: 'M10 3l7.5 13h-15z',
  down: 'M10 17l7.5-13h-15z',
  pentagon: 'M10 2.8l7.3 5.3l-2.8 8.6h-9l-2.8-8.6z',
  hexagon: 'M6.2 3.4h7.6l3.8 6.6l-3.8 6.6h-7.6l-3.8-6.6z',
  dash: 'M3 8h14v4h-14z',
  bars: 'M5 3.5h4v13h-4zM11 3.5h4v13h-4z',
  ring: 'M10 3.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13zM10 6.5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 1 0 0-7z',
  cross: 'M7.5 3h5v4.5h4.5v5h-4.5v4.5h-5v-4.5h-4.5v-5h4.5z',
}
/** Shapes by turns, for groups whose legend has one shape for all. */
export const TURNS = ['circle', 'square', 'triangle', 'diamond', 'pentagon', 'down', 'hexagon', 'cross'] as const

export const pathOf = (shape: string): string => PATHS[shape] ?? CIRCLE

/** The name of a sign as the style knows it. */
export const signName = (shape: string, colour: string): string => `sign ${shape} ${colour}`

const SIZE = 40 // pixels of the drawn sign, shown at half: sharp on a phone too

/** The picture of a sign by its name; null for a name that is none. */
export function drawSign(name: string): ImageData | null {
  const [word, shape = '', colour = ''] = name.split(' ')
  const brush = word === 'sign' ? document.createElement('canvas').getContext('2d', { willReadFrequently: true }) : null
  if (!brush) return null
  brush.canvas.width = brush.canvas.height = SIZE
  brush.scale(SIZE / 20, SIZE / 20)
  const path = new Path2D(pathOf(shape))
  brush.lineJoin = 'round'
  brush.lineWidth = 2.6
  brush.strokeStyle = '#fff'
  brush.stroke(path)
  brush.fillStyle = colour
  brush.fill(path)
  return brush.getImageData(0, 0, SIZE, SIZE)
}

const SVG = 'http://www.w3.org/2000/svg'

function shape(tag: string, attributes: Record<string, string>): SVGElement {
  const element = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  return element
}

/** The same sign for a legend; `line` and `fill` are drawn as a stroke and a patch. */
export function legendSign(kind: string, colour: string): SVGElement {
  const frame = shape('svg', { viewBox: '0 0 20 20', class: 'cl-sign', 'aria-hidden': 'true' })
  if (kind === 'line') frame.append(shape('path', { d: 'M2 10h16', stroke: colour, 'stroke-width': '3', fill: 'none' }))
  else if (kind === 'fill') frame.append(shape('path', { d: 'M2.5 4.5h15v11h-15z', fill: colour, 'fill-opacity': '.35', stroke: colour, 'stroke-width': '1.5' }))
  else frame.append(shape('path', { d: pathOf(kind), fill: colour }))
  return frame
}
