// What is at one place: its words, its grids, and the objects under the finger.
import { ask, isTrouble } from '../core/ask'
import { make, say } from '../core/dom'
import { t } from '../core/texts'
import type { Point } from './geometry'
import { identify, moveByArrows, rowLine } from './list'
import { isNarrow, openSide, partOf, type Room } from './room'
import { sayTrouble } from './trouble'

interface Located {
  address_hint?: string
  cell_code?: string
  duty_grid?: { name?: string } | null
}

async function wordsOf([lon, lat]: Point): Promise<string> {
  try {
    const found = await ask<Located>(`/api/v1/locate?lon=${lon.toFixed(6)}&lat=${lat.toFixed(6)}`)
    return [found.address_hint, found.cell_code, found.duty_grid?.name].filter(Boolean).join(' · ')
  } catch {
    return '' // outside the city: the coordinates stand there anyway
  }
}

/** Opens what is at a place, above the list; returns a function that closes it. */
export function openHere(room: Room): { show: (place: Point) => Promise<void>; close: () => void } {
  const holder = partOf(room, 'here')
  let latest = 0
  const close = (): void => {
    latest += 1
    holder.replaceChildren()
    holder.hidden = true
    room.chart?.choose(null, '')
  }
  const draw = (place: Point, ...parts: Node[]): void => {
    const away = make('button', { type: 'button', class: 'btn btn-sm', 'aria-label': t('关闭') }, '×')
    away.addEventListener('click', close)
    const head = make('div', { class: 'cl-here-list__head' }, make('h2', {}, t('此处')), make('span', { class: 'cl-number cl-soft' }, `${place[0].toFixed(6)}, ${place[1].toFixed(6)}`), away)
    holder.replaceChildren(head, ...parts)
    holder.hidden = false
  }
  const show = async (place: Point): Promise<void> => {
    const mine = (latest += 1)
    room.chart?.choose(place, '')
    draw(place, make('p', { class: 'cl-soft' }, t('正在加载…')))
    try {
      const [words, found] = await Promise.all([wordsOf(place), identify(room, place, room.chart?.engine.getZoom() ?? 18)])
      const rows = found.sort((one, other) => Number(one.layer === 'ground') - Number(other.layer === 'ground')) // objects before areas
      if (mine !== latest) return
      const list = make('ol', { class: 'cl-spots' }, ...rows.map((row) => rowLine(room, row)))
      moveByArrows(list)
      draw(place, ...(words ? [make('p', {}, words)] : []), rows.length ? list : make('p', { class: 'cl-soft' }, t('这里没有登记的对象')))
      if (rows[0] && rows[0].layer !== 'ground') room.chart?.choose(rows[0].point, rows[0].title)
      say(t('此处有 {0} 项', rows.length))
      if (isNarrow()) openSide(room, 'list', true)
    } catch (error) {
      if (mine === latest && isTrouble(error)) draw(place, sayTrouble('div', error, () => void show(place)))
    }
  }
  return { show, close }
}
