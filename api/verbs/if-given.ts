import { ValidateIf } from 'class-validator';

/** GraphQL's "nullable": the other checks hold only for a value that is there. */
export const IfGiven = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined && value !== null);
