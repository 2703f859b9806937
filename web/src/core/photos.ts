// Before and after side by side: both frames zoom and move together, by wheel, drag, buttons or keys.
import { all, on, one } from './dom'

interface View {
  scale: number
  x: number // of the frame's width, so that frames of another size move alike
  y: number
}

const views = new WeakMap<HTMLElement, View>()
const MOST = 8

function viewOf(pair: HTMLElement): View {
  let view = views.get(pair)
  if (!view) views.set(pair, (view = { scale: 1, x: 0, y: 0 }))
  return view
}

function clamp(view: View): void {
  view.scale = Math.min(MOST, Math.max(1, view.scale))
  view.x = Math.min(0, Math.max(1 - view.scale, view.x))
  view.y = Math.min(0, Math.max(1 - view.scale, view.y))
}

function paint(pair: HTMLElement): void {
  const view = viewOf(pair)
  clamp(view)
  for (const frame of all('[data-frame]', pair)) {
    const image = one('img', frame)
    const { clientWidth: width, clientHeight: height } = frame
    if (image) image.style.transform = `translate(${view.x * width}px, ${view.y * height}px) scale(${view.scale})`
    frame.toggleAttribute('data-zoomed', view.scale > 1)
  }
}

function zoom(pair: HTMLElement, factor: number, atX = 0.5, atY = 0.5): void {
  const view = viewOf(pair)
  const scale = Math.min(MOST, Math.max(1, view.scale * factor))
  const ratio = scale / view.scale
  view.x = atX - (atX - view.x) * ratio
  view.y = atY - (atY - view.y) * ratio
  view.scale = scale
  paint(pair)
}

const pairOf = (element: Element) => element.closest<HTMLElement>('[data-photos]')

on('click', '[data-zoom]', (button) => {
  const pair = pairOf(button)
  if (!pair) return
  const what = button.dataset['zoom']
  if (what === 'in') zoom(pair, 1.5)
  else if (what === 'out') zoom(pair, 1 / 1.5)
  else if (what === 'large') button.setAttribute('aria-pressed', String(pair.classList.toggle('cl-photos--large')))
  if (what === 'fit' || what === 'large') {
    views.delete(pair)
    paint(pair)
  }
})

document.addEventListener(
  'wheel',
  (event) => {
    const frame = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-frame]') : null
    const pair = frame && pairOf(frame)
    if (!frame || !pair) return
    event.preventDefault()
    const box = frame.getBoundingClientRect()
    zoom(pair, event.deltaY < 0 ? 1.2 : 1 / 1.2, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height)
  },
  { passive: false },
)

let dragged = false
on('pointerdown', '[data-frame]', (frame, event) => {
  const pair = pairOf(frame)
  if (!pair || viewOf(pair).scale === 1) return
  dragged = false
  frame.setPointerCapture(event.pointerId)
  const view = viewOf(pair)
  const from = { x: event.clientX, y: event.clientY, left: view.x, top: view.y }
  const move = (to: PointerEvent) => {
    dragged ||= Math.abs(to.clientX - from.x) + Math.abs(to.clientY - from.y) > 4
    view.x = from.left + (to.clientX - from.x) / frame.clientWidth
    view.y = from.top + (to.clientY - from.y) / frame.clientHeight
    paint(pair)
  }
  frame.addEventListener('pointermove', move)
  frame.addEventListener('pointerup', () => frame.removeEventListener('pointermove', move), { once: true })
  event.preventDefault()
})

on('click', '[data-frame]', (frame, event) => {
  const pair = pairOf(frame)
  if (!pair || dragged) {
    dragged = false
    return
  }
  const box = frame.getBoundingClientRect()
  const byKey = event.detail === 0
  if (viewOf(pair).scale >= 4) {
    views.delete(pair)
    paint(pair)
  } else zoom(pair, 2, byKey ? 0.5 : (event.clientX - box.left) / box.width, byKey ? 0.5 : (event.clientY - box.top) / box.height)
})

on('keydown', '[data-frame]', (frame, event) => {
  const pair = pairOf(frame)
  if (!pair) return
  const view = viewOf(pair)
  const moves: Record<string, () => void> = {
    '+': () => zoom(pair, 1.5),
    '=': () => zoom(pair, 1.5),
    '-': () => zoom(pair, 1 / 1.5),
    ArrowLeft: () => (view.x += 0.1),
    ArrowRight: () => (view.x -= 0.1),
    ArrowUp: () => (view.y += 0.1),
    ArrowDown: () => (view.y -= 0.1),
  }
  const move = moves[event.key]
  if (!move) return
  move()
  paint(pair)
  event.preventDefault()
  event.stopPropagation()
})

on('click', '[data-strip] button', (button) => {
  const side = button.closest('[data-strip]')?.parentElement
  const image = side && one<HTMLImageElement>('[data-frame] img', side)
  if (!side || !image) return
  image.src = button.dataset['src'] ?? image.src
  const caption = one('[data-caption]', side)
  if (caption) caption.textContent = button.dataset['words'] ?? ''
  for (const other of all('button', button.parentElement ?? side)) other.setAttribute('aria-pressed', String(other === button))
})
