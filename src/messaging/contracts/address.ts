import type { Contract } from './define-contract.ts'

/**
 * The address of a contract on a bus: its uri behind the environment, as in `prod-shop.shipment`. A uri has no hyphen,
 * so no two environments share an address.
 *
 * @param environment as the storage was opened with it; null for none, which leaves the uri
 */
export const addressOf = (environment: string | null | undefined, { uri }: Pick<Contract, 'uri'>): string =>
  environment ? `${environment}-${uri}` : uri
