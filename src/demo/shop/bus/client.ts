import { ServiceBusClient } from '@azure/service-bus'
import { serviceBusRetryOptions } from '../../../connectors/service-bus/connection.ts'
import { InvalidConfiguration } from '../../../core/errors/input.ts'

const SETTING = 'SERVICE_BUS_CONNECTION_STRING'

/** Connects to the bus of the environment. @throws InvalidConfiguration */
export function connectBus(): ServiceBusClient {
  const { [SETTING]: connectionString } = process.env
  if (!connectionString) throw new InvalidConfiguration(SETTING, 'is not set')
  try {
    return new ServiceBusClient(connectionString, { retryOptions: serviceBusRetryOptions })
  } catch {
    // Its message could repeat the key.
    throw new InvalidConfiguration(SETTING, 'is no connection string of a namespace: Endpoint=sb://…')
  }
}
