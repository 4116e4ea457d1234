import { useComputed, useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import type { ProjectionRow } from '../../../contract/topics.ts'
import { topic } from '../../live/topics.ts'
import { html } from '../../parts/html.ts'
import { stateCounts, toneOf } from '../../parts/rows/range-state.ts'
import { setQuery } from '../../shell/router.ts'
import { GLYPHS } from './range-glyphs.ts'
import { keysOfRanges } from './range-keys.ts'
import { movedTo } from './range-move.ts'

type MapProps = { readonly row: ProjectionRow; readonly selected: string | undefined }

/** One cell for each range, in the order of the hash space, by shape and colour. The arrow keys go from cell to cell. */
export function RangeMap({ row, selected }: MapProps) {
  const id = useId()
  const active = useSignal(0)
  const keys = keysOfRanges(row).value
  if (keys.length < 2) return null
  const at = Math.min(active.value, keys.length - 1)

  function choose(key: string | undefined) {
    const range = key === undefined ? undefined : rangeIn(key)
    setQuery({ range: range === selected ? undefined : range })
  }
  function onClick({ currentTarget, target }: MouseEvent) {
    const cell = [...(currentTarget as HTMLElement).children].findIndex((one) => one.contains(target as Node))
    if (cell < 0) return
    active.value = cell
    choose(keys[cell])
  }
  function onKeyDown(event: KeyboardEvent) {
    const list = event.currentTarget as HTMLElement
    if (event.key === 'Enter' || event.key === ' ') choose(keys[at])
    else {
      const to = movedTo(event.key, at, keys.length, columnsOf(list))
      if (to === undefined) return
      active.value = to
      list.children[to]?.scrollIntoView({ block: 'nearest' })
    }
    event.preventDefault()
  }

  return html`<div class="panel-body stack tight">
    <ul class="range-map" role="listbox" tabindex="0" aria-label=${`Map of ranges: ${stateCounts(row.states)}`}
      aria-activedescendant=${`${id}-${at}`} onKeyDown=${onKeyDown}
      onClick=${onClick}>
      ${keys.map(
        (key, i) => html`<${Cell} key=${key} id=${`${id}-${i}`} name=${key} isActive=${i === at}
          isSelected=${selected !== undefined && key.endsWith(` ${selected}`)} />`,
      )}
    </ul>
    <ul class="range-legend" aria-hidden="true">${Object.keys(row.states).map(
      (state) =>
        html`<li key=${state}><span class="range-cell" data-tone=${toneOf(state)}><${Glyph} state=${state} /></span> ${state}</li>`,
    )}</ul>
  </div>`
}

type CellProps = {
  readonly id: string
  readonly name: string
  readonly isActive: boolean
  readonly isSelected: boolean
}

/** It is drawn anew when its state or owner changes, and not with every event that the range has read. */
function Cell({ id, name, isActive, isSelected }: CellProps) {
  const row = topic('ranges').row(name)
  const state = useComputed(() => row.value?.state).value
  const owner = useComputed(() => row.value?.owner ?? null).value
  if (state === undefined) return null
  const text = `${rangeIn(name)}: ${state}${owner === null ? '' : `, ${owner}`}`
  return html`<li id=${id} role="option" class="range-cell" aria-label=${text} title=${text} data-tone=${toneOf(state)}
    data-active=${isActive} aria-selected=${isSelected}><${Glyph} state=${state} /></li>`
}

/** Keys are `<projection>:<version> <range>`. */
const rangeIn = (key: string): string => key.slice(key.lastIndexOf(' ') + 1)

function Glyph({ state }: { readonly state: string }) {
  return html`<svg viewBox="0 0 8 8" aria-hidden="true" focusable="false"><path d=${GLYPHS[state] ?? ''} /></svg>`
}

/** How many cells stand in a row, which the width decides. */
function columnsOf(list: HTMLElement): number {
  const top = (list.firstElementChild as HTMLElement | null)?.offsetTop
  const next = [...list.children].findIndex((cell) => (cell as HTMLElement).offsetTop !== top)
  return next < 0 ? list.children.length : next
}
