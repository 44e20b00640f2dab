import type { Credential } from '../../../domain/credential.ts';

const MAX_CLIENTS = 64;

/** One SDK client a credential, made when it is first needed; the one unused for longest goes when there are too many. */
export class Clients<Client> {
  private readonly clients = new Map<string, Promise<Client>>();

  constructor(private readonly create: (credential: Credential | null) => Promise<Client>) {}

  get(credential: Credential | null): Promise<Client> {
    // The whole credential is the name: a rotated value or another address is another client.
    const name = JSON.stringify(credential);
    const known = this.clients.get(name);
    const client = known ?? this.create(credential);
    this.clients.delete(name);
    this.clients.set(name, client);
    if (!known) client.catch(() => this.clients.delete(name));
    const [oldest] = this.clients.keys();
    if (this.clients.size > MAX_CLIENTS && oldest !== undefined) this.clients.delete(oldest);
    return client;
  }

  clear(): void {
    this.clients.clear();
  }
}
