// Where is that: a place by its words, or by coordinates. Arrows choose, Enter goes there.
import { ask, isTrouble } from '../core/ask'
import { all, make, one, say } from '../core/dom'
import { t } from '../core/texts'
import { readPlace, type Point } from './geometry'
import { lookAt, partOf, type Room } from './room'
import { sayTrouble } from './trouble'

interface Found {
  title: string
  detail: string
  point: Point
}

interface Geocoded {
  label: string
  point: Point
  why: { words: string }[]
}

const GEOCODE = '/api/v1/geocode'
const WAIT = 250

async function find(room: Room, text: string, signal: AbortSignal): Promise<Found[]> {
  const place = readPlace(text)
  if (place) return [{ title: t('前往 {0}, {1}', place[0], place[1]), detail: t('坐标'), point: place }]
  const near = room.chart?.engine.getCenter().toArray() ?? room.spot.centre
  const found = await ask<Geocoded[]>(`${GEOCODE}?q=${encodeURIComponent(text)}&near=${near.map((degree) => degree.toFixed(5)).join(',')}`, signal)
  return found.map(({ label, why, point }) => ({ title: label, detail: why.map(({ words }) => words).join(' · '), point }))
}

export function openSearch(room: Room): void {
  const field = one<HTMLInputElement>('[data-map-search]', room.root) as HTMLInputElement
  const list = partOf(room, 'found')
  let asking: AbortController | null = null
  let waiting = 0
  let current = -1

  const close = (): void => {
    list.hidden = true
    current = -1
    field.setAttribute('aria-expanded', 'false')
    field.removeAttribute('aria-activedescendant')
  }
  const open = (...lines: HTMLElement[]): void => {
    list.replaceChildren(...lines)
    list.hidden = false
    field.setAttribute('aria-expanded', 'true')
  }
  const go = ({ point, title }: Found): void => {
    close()
    lookAt(room, point)
    room.chart?.choose(point, title)
    say(t('已在地图上标出：{0}', title))
  }
  const choose = (index: number): void => {
    const options = all('[role="option"]', list)
    current = Math.max(0, Math.min(index, options.length - 1))
    options.forEach((option, at) => option.setAttribute('aria-selected', String(at === current)))
    options[current]?.scrollIntoView({ block: 'nearest' })
    field.setAttribute('aria-activedescendant', options[current]?.id ?? '')
  }
  const show = (found: Found[]): void => {
    const lines = found.map((one, index) => {
      const line = make('li', { role: 'option', id: `found-${index}`, 'aria-selected': 'false' }, make('strong', {}, one.title), make('span', { class: 'cl-soft' }, one.detail))
      line.addEventListener('mousedown', (event) => {
        event.preventDefault()
        go(one)
      })
      line.addEventListener('cl-go', () => go(one))
      return line
    })
    open(...(lines.length ? lines : [make('li', { class: 'cl-soft' }, t('没有找到'))]))
    choose(0)
    say(lines.length ? t('找到 {0} 处', lines.length) : t('没有找到'))
  }
  const look = async (): Promise<void> => {
    const text = field.value.trim()
    asking?.abort()
    if (text.length < 2) return close()
    asking = new AbortController()
    try {
      show(await find(room, text, asking.signal))
    } catch (error) {
      if (isTrouble(error)) open(sayTrouble('li', error, () => void look()))
    }
  }
  field.addEventListener('input', () => {
    window.clearTimeout(waiting)
    waiting = window.setTimeout(() => void look(), WAIT)
  })
  field.addEventListener('blur', () => window.setTimeout(close, 200))
  const keys: Record<string, () => void> = {
    ArrowDown: () => choose(current + 1),
    ArrowUp: () => choose(current - 1),
    Escape: close,
    Enter: () => {
      const option = list.hidden ? undefined : all('[role="option"]', list)[current]
      if (option) option.dispatchEvent(new Event('cl-go'))
      else void look()
    },
  }
  field.addEventListener('keydown', (event) => {
    const run = event.isComposing ? undefined : keys[event.key]
    if (!run) return
    event.preventDefault()
    event.stopPropagation()
    run()
  })
}
