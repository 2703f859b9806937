// The map follows its data: versions are asked for while the page is seen, and troubles with tiles are said once, calmly.
import { isTrouble, Trouble } from '../core/ask'
import { t } from '../core/texts'
import { getVersions } from '../map/catalogue'
import type { Chart } from './chart'
import { partOf, type Room } from './room'
import { sayTrouble } from './trouble'

function showTrouble(room: Room, trouble: Trouble | null, retry: () => void): void {
  const holder = partOf(room, 'trouble')
  holder.hidden = trouble === null
  holder.replaceChildren(...(trouble ? [sayTrouble('div', trouble, retry)] : []))
}

async function lookAgain(room: Room): Promise<void> {
  const versions = await getVersions()
  const before = room.catalogue.layers.length
  // A layer that is missing from the answer is not this person's any more.
  room.catalogue.layers = room.catalogue.layers.filter(({ name }) => name in versions)
  const changed = room.catalogue.layers.filter((layer) => layer.version !== versions[layer.name])
  for (const layer of changed) layer.version = versions[layer.name] ?? layer.version
  if (before !== room.catalogue.layers.length) window.location.reload()
  else if (changed.length) room.tell('versions')
}

export function followData(room: Room): void {
  const look = async (): Promise<void> => {
    if (document.hidden) return
    try {
      await lookAgain(room)
      showTrouble(room, null, () => undefined)
    } catch (error) {
      if (isTrouble(error)) showTrouble(room, error, () => void look())
    }
  }
  window.setInterval(() => void look(), room.catalogue.following_seconds * 1000)
  document.addEventListener('visibilitychange', () => void look())
}

/** A tile that failed: who is signed out reads so, anything else may be tried again. */
export function watchTiles(room: Room, chart: Chart): void {
  chart.engine.on('error', ({ error }) => {
    const { status } = error as Error & { status?: number }
    if (status === 401) showTrouble(room, new Trouble('signed_out', t('登录已过期，请重新登录')), () => undefined)
    else if (status !== 404) {
      showTrouble(room, new Trouble('server', t('有的地图没有加载成功')), () => {
        showTrouble(room, null, () => undefined)
        for (const layer of room.catalogue.layers) layer.version = `${layer.version.split('~')[0]}~${Date.now()}`
        room.tell('versions')
      })
    }
  })
}
