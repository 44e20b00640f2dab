/** Counters and histograms of whoever runs the gateway; labels are of bounded number. */
export interface GatewayMetrics {
  call(measured: {
    readonly operation: 'chat' | 'embeddings';
    readonly provider: string;
    readonly model: string;
    readonly onAzure: boolean;
    readonly outcome: 'ok' | 'error' | 'cancelled' | 'refused';
    readonly errorCode: string | null;
    readonly latencyMs: number;
    readonly firstTokenMs: number | null;
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly costMicros: number;
  }): void;
}
