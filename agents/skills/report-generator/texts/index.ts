import type { TextLanguage } from '../locale.ts';
import { german } from './de.ts';
import { english } from './en.ts';
import type { Texts } from './types.ts';

export type { Texts } from './types.ts';

export const TEXTS: Readonly<Record<TextLanguage, Texts>> = { en: english, de: german };
