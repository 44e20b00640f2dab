import { type Address, addressFile } from '../address-file.ts';

/** Where a running gateway is and how the command line of the same user may tell it of keys. */
export interface GatewayAddress extends Address {
  /** Made at each start. */
  readonly token: string;
}

export const gatewayAddress = addressFile<GatewayAddress>('gateway.json');
