import { createOfflineProvider } from '#gateway/adapters/provider/offline';
import { providerContract } from './suite.ts';

providerContract('offline', () => createOfflineProvider());
