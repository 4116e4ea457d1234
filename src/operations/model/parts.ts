import type { JsonObject } from '../../core/json/json.ts'
import type { Alert } from './alert.ts'
import type { Budget } from './budget.ts'
import type { Evaluation } from './evaluation.ts'
import type { Snapshot } from './snapshot.ts'

/** What judges snapshots by the rules. */
export type Evaluator = {
  /** @param open the alerts that are firing or flapping, according to what is stored */
  evaluate(snapshot: Snapshot, open: readonly Alert[]): Evaluation
  /** The minutes that the burn rates are computed from. */
  save(): JsonObject
  /** Takes over what an earlier run saved. What is not understood is ignored. */
  load(saved: JsonObject): void
  /** What is left of the error budgets. */
  budgets(): readonly Budget[]
}
