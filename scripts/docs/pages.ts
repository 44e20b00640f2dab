import '#agents';
import '#api';
import '#gateway';
import '#governance';
import '#ingestion';
import { schema } from '#graph-schema';
import { describeConfig, errorCatalogue } from '#platform';
import '../../deploy/cell/errors.ts';
import { cellSections } from '../../deploy/cell/config.ts';
import '../../deploy/gateway/errors.ts';
import { registerCliErrors } from '../../deploy/cli/error-catalogue.ts';
import { gatewaySection } from '../../deploy/gateway/config.ts';
import { configurationPage } from './configuration.ts';
import { errorsPage } from './errors.ts';
import { gatewayPage } from './gateway-errors.ts';
import { graphSchemaPage } from './graph-schema.ts';

/** Pages that are made from the code, by their path in the repository. */
export function generatedPages(): Readonly<Record<string, string>> {
  registerCliErrors();
  return {
    'docs/graph-schema.md': graphSchemaPage(schema),
    'docs/errors.md': errorsPage(errorCatalogue()),
    'docs/gateway.md': gatewayPage(errorCatalogue()),
    'docs/configuration.md': configurationPage(describeConfig([...cellSections, gatewaySection])),
  };
}
