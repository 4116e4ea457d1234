import { type Signal, useSignal } from '@preact/signals'
import type { VersionAnswer, VersionRequest } from '../../../contract/requests.ts'
import type { ProjectionRow } from '../../../contract/topics.ts'
import { apiPath, post } from '../../live/request.ts'
import { whyReadOnly } from '../../live/session.ts'
import { topic } from '../../live/topics.ts'
import { html } from '../../parts/html.ts'
import { ConfirmDialog } from '../../parts/panels/confirm.ts'
import { Panel } from '../../parts/panels/panel.ts'
import { visibleText } from '../../parts/values/visible-text.ts'
import { actsOn, consequencesOf, type VersionAct } from './consequences.ts'

const VERBS: { readonly [act in VersionAct]: string } = {
  activate: 'Activate',
  rebuild: 'Rebuild',
  drop: 'Drop',
}

type ActsProps = {
  readonly row: ProjectionRow
  /** What was done; it stays on the page, even if the version is gone. */
  readonly result: Signal<string>
}

/** What an operator can do with a version. Each act is confirmed in words. */
export function VersionActs({ row, result }: ActsProps) {
  const asked = useSignal<VersionAct | undefined>(undefined)
  const { projection, version } = row
  const acts = actsOn(row)
  const name = `${projection}:${version}`
  const act = asked.value

  async function run(chosen: VersionAct) {
    result.value = ''
    const { detail } = await post<VersionAnswer>(apiPath('projections', projection, version, chosen), {
      confirm: name,
    } satisfies VersionRequest)
    result.value = detail
  }

  if (acts.length === 0) return null
  return html`<${Panel} title="Actions">
    ${
      whyReadOnly.value !== null
        ? html`<p class="muted">${whyReadOnly.value}</p>`
        : html`<div class="row">${acts.map(
            (one) => html`<button key=${one} type="button" class=${one === 'drop' ? 'danger' : ''}
              onClick=${() => {
                asked.value = one
              }}>${VERBS[one]} …</button>`,
          )}</div>`
    }
    ${
      act !== undefined &&
      html`<${ConfirmDialog} title=${visibleText(`${VERBS[act]} ${projection} v${version}?`)} verb=${VERBS[act]}
        consequences=${consequencesOf(act, row, activeOf(projection)).map(visibleText)}
        isDestructive=${act !== 'activate'} ...${act === 'drop' ? { typed: name } : {}} act=${() => run(act)}
        onClose=${() => {
          asked.value = undefined
        }} />`
    }
  <//>`
}

const activeOf = (projection: string): number | undefined =>
  topic('projections')
    .all.peek()
    .find((one) => one.projection === projection && one.role === 'active')?.version
