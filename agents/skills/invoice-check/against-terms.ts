import { BigNumber } from 'bignumber.js';
import { addDays, daysBetween } from '../text/calendar.ts';
import { overlap, priceInForce } from './agreed-prices.ts';
import { amountText, toCents } from './amounts.ts';
import { checkIban, checkTaxId, compactId } from './tax-ids.ts';
import { vendorKey } from './terms.ts';
import { type AgreedPrice, type Finding, type Invoice, type InvoiceItem, placeText, type Terms } from './types.ts';

const DISCOUNT = /rabatt|nachlass|skonto|discount|rebate|remise/i;

/** The contract with the supplier of an invoice: by name, else by tax id. */
export function termsFor(invoice: Invoice, all: readonly Terms[]): Terms | undefined {
  const key = invoice.vendor && vendorKey(invoice.vendor.value);
  const id = invoice.taxId && compactId(invoice.taxId.value);
  return (
    all.find(({ vendor }) => key !== undefined && vendorKey(vendor) === key) ??
    all.find(({ taxId }) => id !== undefined && taxId !== undefined && compactId(taxId) === id)
  );
}

/** What an invoice says otherwise than the contract: prices, items, quantities, discount, tax rate, term, currency. */
export function termsFindings(invoice: Invoice, terms: Terms): Finding[] {
  return [
    ...currencyFindings(invoice, terms),
    ...itemFindings(invoice, terms),
    ...discountFindings(invoice, terms),
    ...rateFindings(invoice, terms),
    ...termFindings(invoice, terms),
  ];
}

/** Tax id and account: whether they can be right, and whether they are the supplier's. */
export async function identityFindings(invoice: Invoice, terms: Terms | undefined): Promise<Finding[]> {
  const { taxId, iban } = invoice;
  const findings: Finding[] = [];
  const fault = (finding: Omit<Finding, 'severity'>) => findings.push({ severity: 'fault', ...finding });
  if (taxId) {
    const { verdict, as, reason } = await checkTaxId(taxId.value);
    if (verdict === 'wrong') {
      fault({
        kind: 'tax-id',
        place: taxId.place,
        found: taxId.text,
        expected: terms?.taxId ?? `a valid ${as}`,
        why: `As ${as}, ${reason}.`,
      });
    } else if (terms?.taxId && compactId(terms.taxId) !== compactId(taxId.value)) {
      fault({
        kind: 'tax-id-differs',
        place: taxId.place,
        found: taxId.text,
        expected: terms.taxId,
        why: `The contract (${placeText(terms.place)}) has another one.`,
      });
    }
  }
  if (!iban) return findings;
  if (!checkIban(iban.value)) {
    fault({
      kind: 'iban',
      place: iban.place,
      found: iban.text,
      expected: terms?.iban ?? 'a valid IBAN',
      why: "Length or check digits (ISO 13616) do not fit the country's.",
    });
  } else if (terms?.iban && compactId(terms.iban) !== compactId(iban.value)) {
    fault({
      kind: 'iban-differs',
      place: iban.place,
      found: iban.text,
      expected: terms.iban,
      ...(invoice.total ? { difference: invoice.total.value } : {}),
      why: 'Another account than the contract names. Ask the supplier under a number that you know, not one from the invoice, before anything is paid.',
    });
  }
  return findings;
}

function currencyFindings({ currency }: Invoice, terms: Terms): Finding[] {
  if (!currency || !terms.currency || currency.value === terms.currency) return [];
  const why = 'Prices cannot be compared across currencies; what follows assumes the same figures.';
  return [
    {
      kind: 'currency',
      severity: 'fault',
      place: currency.place,
      found: currency.value,
      expected: terms.currency,
      why,
    },
  ];
}

const isDiscount = ({ description, amount }: InvoiceItem): boolean =>
  DISCOUNT.test(description) && amount !== undefined;

function itemFindings(invoice: Invoice, terms: Terms): Finding[] {
  const findings: Finding[] = [];
  const billed = new Map<AgreedPrice, { quantity: BigNumber; item: InvoiceItem }>();
  for (const item of invoice.items) {
    if (isDiscount(item)) continue;
    const agreed = priceInForce(item.description, terms.prices, invoice);
    if (!agreed) {
      findings.push(notAgreed(item, terms));
      continue;
    }
    const before = billed.get(agreed)?.quantity ?? new BigNumber(0);
    if (item.quantity) billed.set(agreed, { quantity: before.plus(item.quantity.value), item });
    const price = item.price ?? (item.quantity === undefined ? item.amount : undefined);
    if (!price || price.value.abs().lte(agreed.price)) continue;
    const each = price.value.abs().minus(agreed.price);
    findings.push({
      kind: 'price',
      severity: 'fault',
      place: price.place,
      found: amountText(price.value.abs()),
      expected: amountText(agreed.price),
      difference: toCents(each.times(item.quantity?.value ?? 1)),
      why: `"${item.description}" was agreed at ${amountText(agreed.price)}${agreed.unit ? ` per ${agreed.unit}` : ''}${agreed.validFrom ? ` from ${agreed.validFrom}` : ''} (${placeText(agreed.place)}).`,
    });
  }
  for (const [agreed, { quantity, item }] of billed) {
    if (!agreed.maxQuantity || quantity.lte(agreed.maxQuantity)) continue;
    findings.push({
      kind: 'quantity-cap',
      severity: 'fault',
      place: item.quantity!.place,
      found: quantity.toFixed(),
      expected: `at most ${agreed.maxQuantity.toFixed()}`,
      difference: toCents(quantity.minus(agreed.maxQuantity).times(agreed.price)),
      why: `"${agreed.item}" is capped in one invoice (${placeText(agreed.place)}).`,
    });
  }
  return findings;
}

function notAgreed(item: InvoiceItem, terms: Terms): Finding {
  const near = terms.prices
    .map((price) => ({ price, share: overlap(item.description, price.item) }))
    .sort((a, b) => b.share - a.share)[0];
  const nearest = near && near.share > 0 ? ` The nearest is "${near.price.item}".` : '';
  return {
    kind: 'not-agreed',
    severity: terms.otherItems ? 'notice' : 'fault',
    place: item.place,
    found: item.description,
    expected: 'an item of the contract',
    ...(item.amount ? { difference: item.amount.value } : {}),
    why: `The contract (${placeText(terms.place)}) lists ${terms.prices.length} items, and this is none of them.${nearest}`,
  };
}

function discountFindings(invoice: Invoice, { discountPercent, place }: Terms): Finding[] {
  if (!discountPercent || discountPercent.isZero()) return [];
  const amounts = (wanted: boolean) =>
    invoice.items
      .filter((item) => isDiscount(item) === wanted)
      .reduce((sum, { amount }) => sum.plus(amount?.value ?? 0), new BigNumber(0));
  const gross = amounts(false);
  const expected = toCents(gross.times(discountPercent).div(100)).abs();
  const given = amounts(true).abs();
  // A cent may be the rounding of a discount that was given; none at all is missing.
  if (expected.minus(given).lte(given.isZero() ? 0 : '0.01')) return [];
  return [
    {
      kind: 'discount-missing',
      severity: 'fault',
      place: (invoice.net ?? invoice.total)?.place ?? invoice.place,
      found: amountText(given),
      expected: amountText(expected),
      difference: expected.minus(given),
      why: `${discountPercent.toFixed()} % on ${amountText(gross)} was agreed (${placeText(place)}).`,
    },
  ];
}

function rateFindings(invoice: Invoice, { vatRate, place }: Terms): Finding[] {
  if (!vatRate) return [];
  const stated = invoice.vatRate ?? invoice.items.find((item) => item.vatRate)?.vatRate;
  if (!stated || stated.value.eq(vatRate)) return [];
  const net = invoice.net?.value;
  return [
    {
      kind: 'vat-rate',
      severity: 'fault',
      place: stated.place,
      found: `${stated.value.toFixed()} %`,
      expected: `${vatRate.toFixed()} %${vatRate.isZero() ? ' (reverse charge)' : ''}`,
      ...(net ? { difference: toCents(net.times(stated.value.minus(vatRate)).div(100)) } : {}),
      why: `The contract (${placeText(place)}) says another rate; tax shown too high is not deductible.`,
    },
  ];
}

function termFindings({ date, due }: Invoice, { paymentDays, place }: Terms): Finding[] {
  if (!date || !due || paymentDays === undefined) return [];
  const days = daysBetween(date.value, due.value);
  if (days >= paymentDays) return [];
  return [
    {
      kind: 'payment-term',
      severity: 'fault',
      place: due.place,
      found: due.value,
      expected: addDays(date.value, paymentDays),
      why: `${paymentDays} days were agreed (${placeText(place)}), the invoice gives ${days}.`,
    },
  ];
}
