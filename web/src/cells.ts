// Cells on an SVG drawing: choose by a click, draw a line, drag its points. The fields beside it say the same.
import './core/office'
import { all, one } from './core/dom'

type Place = [number, number]
const SVG = 'http://www.w3.org/2000/svg'
const HANDLE = 6 // pixels on the screen

const drawing = one<SVGSVGElement & HTMLElement>('[data-cells]')
if (drawing) begin(drawing as unknown as SVGSVGElement)

function begin(svg: SVGSVGElement): void {
  const frame = svg.dataset as Record<string, string>
  const west = Number(frame.west)
  const north = Number(frame.north)
  const scaleX = Number(frame.scaleX)
  const scaleY = Number(frame.scaleY)
  const toDrawing = ([lon, lat]: Place): Place => [(lon - west) * scaleX, (north - lat) * scaleY]
  const toPlace = (event: MouseEvent): Place => {
    const matrix = svg.getScreenCTM()
    if (!matrix) return [west, north]
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse())
    return [round(west + at.x / scaleX), round(north - at.y / scaleY)]
  }
  const codes = one<HTMLInputElement>('[data-codes]')
  const cell = one<HTMLInputElement>('[data-cell-field]')
  const field = one<HTMLTextAreaElement>('[data-line]')
  const button = one('[data-draw]')
  let points = field ? read(field.value) : []

  for (const made of all('[data-made]')) {
    const ring = JSON.parse(made.dataset.made ?? '[]') as Place[]
    svg.append(element('path', { class: 'is-made', d: path(ring.map(toDrawing)) }))
  }

  const drawn = element('path', { class: 'is-line' })
  const handles = element('g', {})
  svg.append(drawn, handles)

  function show(): void {
    drawn.setAttribute('d', points.length ? path(points.map(toDrawing)) : '')
    const wide = svg.getBoundingClientRect().width || 1
    const radius = (HANDLE * svg.viewBox.baseVal.width) / wide
    handles.replaceChildren(
      ...points.map((point, index) => {
        const [x, y] = toDrawing(point)
        return element('circle', { cx: String(x), cy: String(y), r: String(radius), 'data-point': String(index) })
      }),
    )
  }

  function write(): void {
    if (field) field.value = points.length ? JSON.stringify(points) : ''
    show()
  }

  svg.addEventListener('click', (event) => {
    const target = event.target as Element
    if (target.closest('circle')) return
    if (button?.getAttribute('aria-pressed') === 'true') {
      points.push(toPlace(event))
      write()
      return
    }
    const code = target.getAttribute('data-code')
    if (!code) return
    if (cell) cell.value = code
    if (codes) codes.value = toggled(codes.value, code)
    mark(svg, codes ? chosen(codes.value) : [code])
  })

  svg.addEventListener('pointerdown', (event) => {
    const handle = (event.target as Element).closest('circle')
    if (!handle) return
    const index = Number(handle.getAttribute('data-point'))
    svg.setPointerCapture(event.pointerId)
    const move = (moved: PointerEvent) => {
      points[index] = toPlace(moved)
      write()
    }
    svg.addEventListener('pointermove', move)
    svg.addEventListener('pointerup', () => svg.removeEventListener('pointermove', move), { once: true })
  })

  button?.addEventListener('click', () => {
    button.setAttribute('aria-pressed', String(button.getAttribute('aria-pressed') !== 'true'))
    button.classList.toggle('active')
  })
  one('[data-undo-point]')?.addEventListener('click', () => {
    points.pop()
    write()
  })
  one('[data-clear-line]')?.addEventListener('click', () => {
    points = []
    write()
  })
  field?.addEventListener('change', () => {
    points = read(field.value)
    show()
  })
  one<HTMLAnchorElement>('[data-fetch-border]')?.addEventListener('click', (event) => {
    if (!codes) return
    event.preventDefault()
    window.location.search = new URLSearchParams({ act: 'border', codes: codes.value }).toString()
  })
  codes?.addEventListener('change', () => mark(svg, chosen(codes.value)))
  show()
}

function mark(svg: SVGSVGElement, codes: string[]): void {
  for (const path of svg.querySelectorAll('path[data-code]')) {
    path.classList.toggle('is-chosen', codes.includes(path.getAttribute('data-code') ?? ''))
  }
}

function chosen(text: string): string[] {
  return text.split(/[\s,，]+/).filter(Boolean)
}

function toggled(text: string, code: string): string {
  const found = chosen(text)
  return (found.includes(code) ? found.filter((other) => other !== code) : [...found, code]).join(',')
}

function read(text: string): Place[] {
  try {
    const found: unknown = JSON.parse(text || '[]')
    return Array.isArray(found) ? (found as Place[]) : []
  } catch {
    return []
  }
}

function path(points: Place[]): string {
  return `M${points.map(([x, y]) => `${x.toFixed(2)} ${y.toFixed(2)}`).join('L')}`
}

function element(name: string, attributes: Record<string, string>): SVGElement {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  return made
}

function round(degrees: number): number {
  return Math.round(degrees * 1e7) / 1e7
}
