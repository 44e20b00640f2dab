/**
 * Names of the validators that criteria such as `business_alignment check` may ask for. A validator is a function in
 * TypeScript that looks at a whole outcome; whoever registers more hands their names to the loader.
 */
export interface ValidatorCatalogue {
  /** Name to what it checks, one sentence. */
  readonly [name: string]: string;
}

/** The validators of the founding document, and those of the verticals that ship with Kaze. */
export const STANDARD_VALIDATORS: ValidatorCatalogue = {
  business_alignment: 'What was found has to do with the business as its context describes it.',
  keyword_density: 'Changes to a page do not repeat its target queries above the documented bounds.',
  search_volume: 'Findings rest on enough demand: searches where a tool gives them, else impressions.',
};
