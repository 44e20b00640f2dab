import { BigNumber } from 'bignumber.js';
import { amountText, toCents } from './amounts.ts';
import type { Finding, Invoice, Money } from './types.ts';

const CENT = new BigNumber('0.01');
const HALF_CENT = new BigNumber('0.005');

/** Whether an invoice adds up: items, net sum, tax, total. Exact decimals; nothing is mended. */
export function arithmeticFindings(invoice: Invoice): Finding[] {
  return [...itemFindings(invoice), ...netFindings(invoice), ...vatFindings(invoice), ...totalFindings(invoice)];
}

function itemFindings({ items }: Invoice): Finding[] {
  return items.flatMap((item): Finding[] => {
    const { quantity, price, amount } = item;
    if (!quantity || !price || !amount) return [];
    const expected = toCents(quantity.value.times(price.value));
    const difference = amount.value.minus(expected);
    // A cent is the rounding of a price that is printed with fewer places than it has.
    if (difference.abs().lte(CENT)) return [];
    return [
      {
        kind: 'line-amount',
        severity: 'fault',
        place: amount.place,
        found: amountText(amount.value),
        expected: amountText(expected),
        difference,
        why: `"${item.description}": ${quantity.text} x ${price.text} is ${amountText(expected)}.`,
      },
    ];
  });
}

function netFindings({ items, net, total, vat }: Invoice): Finding[] {
  const stated = net ?? (vat ? undefined : total);
  const amounts = items.map(({ amount }) => amount);
  if (!stated || amounts.length === 0 || amounts.some((amount) => amount === undefined)) return [];
  const sum = (amounts as Money[]).reduce((all, { value }) => all.plus(value), new BigNumber(0));
  const difference = stated.value.minus(sum);
  if (difference.isZero()) return [];
  // Items with tax in them add up to the total.
  if (total && sum.eq(total.value)) return [];
  return [
    {
      kind: 'net-sum',
      severity: 'fault',
      place: stated.place,
      found: amountText(stated.value),
      expected: amountText(sum),
      difference,
      why: `The ${items.length} items add up to ${amountText(sum)}.`,
    },
  ];
}

function vatFindings({ items, net, vat, vatRate }: Invoice): Finding[] {
  if (!net || !vat) return [];
  const groups = ratesOf(items, net.value, vatRate);
  if (!groups) return [];
  const expected = groups.reduce(
    (all, { base, rate }) => all.plus(toCents(base.times(rate).div(100))),
    new BigNumber(0),
  );
  const difference = vat.value.minus(expected);
  // Rounded item by item, each may be half a cent beside.
  const rounding = BigNumber.maximum(CENT, HALF_CENT.times(items.length));
  if (difference.abs().lte(rounding)) return [];
  const rates = groups.map(({ base, rate }) => `${rate.toFixed()} % of ${amountText(base)}`).join(' and ');
  return [
    {
      kind: 'vat-amount',
      severity: 'fault',
      place: vat.place,
      found: amountText(vat.value),
      expected: amountText(expected),
      difference,
      why: `${rates} is ${amountText(expected)}.`,
    },
  ];
}

/** What is taxed at which rate: by the items where they name several, by the invoice's one rate else. */
function ratesOf(items: Invoice['items'], net: BigNumber, vatRate: Money | undefined) {
  const rates = new Set(items.map((item) => item.vatRate?.value.toFixed()));
  if (rates.size <= 1 || items.some((item) => !item.vatRate || !item.amount)) {
    const rate = vatRate?.value ?? items[0]?.vatRate?.value;
    return rate === undefined ? undefined : [{ base: net, rate }];
  }
  return [...rates].map((rate) => ({
    rate: new BigNumber(rate!),
    base: items
      .filter((item) => item.vatRate!.value.toFixed() === rate)
      .reduce((sum, item) => sum.plus(item.amount!.value), new BigNumber(0)),
  }));
}

function totalFindings({ net, vat, total }: Invoice): Finding[] {
  if (!net || !vat || !total) return [];
  const expected = net.value.plus(vat.value);
  const difference = total.value.minus(expected);
  if (difference.isZero()) return [];
  return [
    {
      kind: 'total',
      severity: 'fault',
      place: total.place,
      found: amountText(total.value),
      expected: amountText(expected),
      difference,
      why: `${amountText(net.value)} net and ${amountText(vat.value)} tax are ${amountText(expected)}.`,
    },
  ];
}
