import type { CosmosClientOptions } from '@azure/cosmos'
import { DefaultAzureCredential } from '@azure/identity'

const { COSMOS_ENDPOINT, COSMOS_KEY } = process.env

/** The account of the environment, live or of Microsoft's emulator; undefined where our emulator is measured. */
export const liveAccount: CosmosClientOptions | undefined =
  COSMOS_ENDPOINT === undefined
    ? undefined
    : {
        endpoint: COSMOS_ENDPOINT,
        ...(COSMOS_KEY ? { key: COSMOS_KEY } : { aadCredentials: new DefaultAzureCredential() }),
      }

/** Stands below figures in request units. */
export const chargedBy =
  liveAccount === undefined
    ? 'as our emulator charges it, by the rules that the service publishes: near, and no bill'
    : `as ${COSMOS_ENDPOINT} charges it`
