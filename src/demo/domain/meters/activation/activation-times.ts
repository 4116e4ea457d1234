import { InvalidConfiguration } from '../../../../core/errors/input.ts'
import { millisecondsSetting } from '../../../../process/common-settings.ts'
import { readSettings } from '../../../../process/settings.ts'

/** How long a meter may be registered and not active, in milliseconds. */
export type ActivationTimes = {
  /** From the registration to the reminder. */
  readonly reminderAfter: number
  /** From the reminder to the end of the time for the activation. */
  readonly expiresAfter: number
}

const DAY = 24 * 3_600_000
const LONGEST = 3_650 * DAY

/** Reads `ACTIVATION_REMINDER_AFTER` and `ACTIVATION_EXPIRES_AFTER`. @throws InvalidConfiguration */
export function readActivationTimes(environment: NodeJS.ProcessEnv): ActivationTimes {
  const settings = readSettings(environment, {
    ACTIVATION_REMINDER_AFTER: millisecondsSetting.default(14 * DAY),
    ACTIVATION_EXPIRES_AFTER: millisecondsSetting.default(14 * DAY),
  })
  for (const [name, time] of Object.entries(settings)) {
    if (time > LONGEST) throw new InvalidConfiguration(name, 'must be at most ten years, in milliseconds')
  }
  return { reminderAfter: settings.ACTIVATION_REMINDER_AFTER, expiresAfter: settings.ACTIVATION_EXPIRES_AFTER }
}
