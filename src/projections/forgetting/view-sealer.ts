import { KeysUnavailable } from '../../core/errors/privacy.ts'
import type { Vault } from '../../core/events/sealing/vault.ts'
import type { JsonObject } from '../../core/json/json.ts'
import type { ViewDocument } from '../../core/port/view-store.ts'
import { openViews } from '../../views/sealed-views.ts'
import type { FoldInput } from '../fold-item.ts'
import type { Projection } from '../projection.ts'
import { sealView } from './seal-view.ts'

/** Folds sealed views: opened before, and sealed again after. Make one for each page; it keeps what it opened. */
export type ViewSealer = {
  /** Opens views that are about to be folded, in one call. @throws VaultRequired, and what the vault throws */
  openAll(views: readonly ViewDocument[]): Promise<void>
  /**
   * Folds events into a view.
   *
   * @param stored the view as it is stored
   * @param fold folds events into the opened view
   * @returns its result, with the document sealed
   * @throws what `fold`, `openAll` and `sealView` throw
   */
  fold<Input extends FoldInput, Result extends { readonly document?: ViewDocument | undefined }>(
    stored: ViewDocument | undefined,
    inputs: readonly Input[],
    fold: (view: ViewDocument | undefined, inputs: readonly Input[]) => Result | Promise<Result>,
  ): Promise<Result>
}

type OpenedView = { readonly view: ViewDocument; readonly keys: readonly string[] }

// Each attempt knows of one more forgotten person at least.
const ATTEMPTS = 10

/** Creates the sealer of a projection's views; undefined if none of their members are sealed. */
export function viewSealer(projection: Projection, vault: Vault | undefined): ViewSealer | undefined {
  if (projection.personal === undefined) return undefined
  const known = new WeakMap<ViewDocument, OpenedView>()

  async function openAll(views: readonly ViewDocument[]): Promise<void> {
    const withData = views.filter(hasData)
    const opened = await openViews(projection, vault, withData)
    for (const [i, view] of withData.entries()) {
      const { data, keys } = opened[i] as (typeof opened)[number]
      known.set(view, { view: { ...view, data }, keys })
    }
  }

  async function open(view: ViewDocument): Promise<OpenedView> {
    if (!known.has(view)) await openAll([view])
    return known.get(view) ?? { view, keys: [] }
  }

  /** Those of some keys that were forgotten in the meantime. @throws PersonalKeyMissing, KeysUnavailable */
  async function forgottenOf(keys: readonly string[]): Promise<readonly string[]> {
    if (vault === undefined || keys.length === 0 || (await vault.states.areCurrent(keys))) return []
    // Nothing can be sealed under a key that was forgotten. One that is missing is an error instead.
    const sealed = await Promise.all(keys.map((key) => vault.states.seal([projection.name], [key], null)))
    return keys.filter((_, i) => sealed[i] === undefined)
  }

  return {
    openAll,
    async fold(stored, inputs, fold) {
      const forgotten = new Set<string>()
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const opened = stored && (await open(stored))
        const result = await fold(
          opened?.view,
          inputs.map((input) => withoutKeys(input, forgotten)),
        )
        if (!result.document) return result
        const document = await sealView(projection, vault, result.document)
        // Asked after the view was sealed: a person who was admitted again has a new key, which must not seal what was
        // opened with the old one.
        const used = [...(opened?.keys ?? []), ...inputs.flatMap(({ keys = [] }) => keys)]
        const gone = await forgottenOf([...new Set(used)].filter((key) => !forgotten.has(key)))
        if (gone.length === 0) return { ...result, document }
        for (const key of gone) forgotten.add(key)
        if (stored) known.delete(stored)
      }
      throw new KeysUnavailable(`The keys of ${projection.name} changed while a view was folded`)
    },
  }
}

const hasData = (view: ViewDocument): view is ViewDocument & { readonly data: JsonObject } => view.data !== null

function withoutKeys<Input extends FoldInput>(input: Input, forgotten: ReadonlySet<string>): Input {
  const isForgotten = (key: string) => forgotten.has(key)
  if (!input.without || !input.keys?.some(isForgotten)) return input
  return { ...input, event: input.without(isForgotten) }
}
