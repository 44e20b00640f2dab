export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** JSON Schema, draft 2020-12 or draft-07, as plain data. */
export type JsonSchema = JsonObject;
