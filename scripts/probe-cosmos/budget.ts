/** The probe has used up what it may. */
export class BudgetUsedUp extends Error {}

/** What a probe may cost: request units and time. */
export type Budget = {
  /** Request units that were charged so far. */
  readonly spent: number
  /** Counts what an answer's headers say that it cost. @throws BudgetUsedUp */
  charge(headers: object | undefined): number
  /** Counts request units. @throws BudgetUsedUp */
  spend(units: number): void
  /** @throws BudgetUsedUp when the units or the time are used up; the signal's reason when it is aborted */
  check(): void
  readonly signal: AbortSignal
}

/** Begins a budget. @param signal ends the probe before that */
export function beginBudget(mostUnits: number, mostMinutes: number, signal: AbortSignal): Budget {
  const until = Date.now() + mostMinutes * 60_000
  let spent = 0
  function check(): void {
    signal.throwIfAborted()
    if (spent > mostUnits) throw new BudgetUsedUp(`${Math.round(spent)} of ${mostUnits} request units are spent`)
    if (Date.now() > until) throw new BudgetUsedUp(`${mostMinutes} minutes are over`)
  }
  function spend(units: number): void {
    spent += units
    check()
  }
  return {
    get spent() {
      return spent
    },
    charge(headers) {
      const units = Number((headers as Record<string, unknown> | undefined)?.['x-ms-request-charge'] ?? 0) || 0
      spend(units)
      return units
    },
    spend,
    check,
    signal,
  }
}
