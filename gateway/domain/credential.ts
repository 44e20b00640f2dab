/** What a provider is called with. Chosen by the gateway for each call; never logged, traced, stored or sent elsewhere. */
export interface Credential {
  /** Name of the key, safe to log and to bill by. */
  readonly keyId: string;
  /** The key itself. */
  readonly value: string;
  /** Address to call in place of the provider's own: a region, a proxy, an Azure resource. */
  readonly baseUrl?: string;
  /** OpenAI's organisation and project, where a key belongs to several. */
  readonly organisation?: string;
  readonly project?: string;
  /** Calls OpenAI's models on Azure; `baseUrl` is then the resource's address. */
  readonly azure?: {
    /** Of the interface that has one; without it the newer interface is meant, and `baseUrl` ends in `/openai/v1`. */
    readonly apiVersion?: string;
    /** Names of deployments by the names of their models; a model that is not named is deployed under its own name. */
    readonly deployments?: Readonly<Record<string, string>>;
  };
}
