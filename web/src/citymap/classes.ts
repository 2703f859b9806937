// The numbers behind a heat layer of the server's: what each colour means at this zoom.
import { ask } from '../core/ask'
import { make } from '../core/dom'
import { t } from '../core/texts'
import { legendSign } from '../map/symbols'
import type { Chart } from './chart'
import { isShown, ofLayer, partOf, type Room } from './room'

interface Classes {
  unit: 'cells' | 'squares'
  classes: { value: number; least: number; most: number; colour: string }[]
}

const HEAT = '/api/v1/map/heat'

function draw(holder: HTMLElement, label: string, { unit, classes }: Classes): void {
  const lines = classes.map(({ least, most, colour }) => make('li', {}, legendSign('fill', colour), make('span', { class: 'cl-number' }, least === most ? String(least) : `${least}–${most}`)))
  const words = classes.length ? t(unit === 'cells' ? '每个单元网格的件数' : '每个方格的件数') : t('没有案件')
  holder.replaceChildren(make('strong', {}, label), make('span', { class: 'cl-soft' }, words), make('ul', { class: 'cl-legend' }, ...lines))
}

export function openClasses(room: Room, chart: Chart): void {
  const layer = room.catalogue.layers.find(({ name }) => name === 'case_heat')
  const holder = partOf(room, 'classes')
  if (!layer) return
  let told = ''
  const look = async (): Promise<void> => {
    holder.hidden = !isShown(room, layer)
    if (holder.hidden) return
    const zoom = Math.min(Math.max(Math.floor(chart.engine.getZoom()), layer.min_zoom), layer.max_zoom)
    const address = `${HEAT}?zoom=${zoom}&of=${ofLayer(room, layer).join(',')}`
    const state = `${address} ${layer.version}`
    if (state === told) return
    told = state
    try {
      draw(holder, layer.label, await ask<Classes>(address))
    } catch {
      told = '' // the colours stand; their numbers come with the next move
    }
  }
  for (const news of ['view', 'layers', 'versions'] as const) room.hear(news, () => void look())
  void look()
}
