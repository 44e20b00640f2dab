/**
 * Readers of what keyword tools export: Keyword Planner's volumes by month, and rankings of own and rivals' domains. The
 * export of Google Search Console is read by `readSearchConsole` of #platform.
 */
export { type KeywordPlan, type PlannedKeyword, readKeywordPlanner } from './keyword-planner.ts';
export { hostOf, joinRankings, type RankedKeyword, type RankingExport, readRankingExport } from './rankings.ts';
