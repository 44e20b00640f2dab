import { addDays, createRandom, daysBetween, type Random } from '../generate/index.ts';
import { FAULTS, type Fault, type Invoice, type InvoiceLine, type PlantedInvoice } from './invoice.ts';
import { type InvoiceFormat, writeInvoices, writeRegister } from './invoice-files.ts';
import { type AgreedItem, type Supplier, suppliersOf, termsOf } from './suppliers.ts';
import { britishVatId, germanVatId, iban, spoiled } from './tax-numbers.ts';

export interface InvoiceOptions {
  readonly seed: number;
  /** 30 and up. */
  readonly invoices: number;
  readonly format: InvoiceFormat;
}

export interface GeneratedInvoices {
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly earlier: { readonly name: string; readonly bytes: Uint8Array };
  readonly terms: Readonly<Record<string, string>>;
  readonly truth: readonly PlantedInvoice[];
}

export { FAULTS, type Fault, type Invoice, type InvoiceLine, type PlantedInvoice } from './invoice.ts';

const round = (cents: number): number => Math.sign(cents) * Math.round(Math.abs(cents) + 1e-7);

export function generateInvoices({ seed, invoices: count, format }: InvoiceOptions): GeneratedInvoices {
  const random = createRandom(seed, 'law-office invoices');
  const suppliers = suppliersOf(createRandom(seed, 'law-office suppliers'));
  const numbers = new Map(suppliers.map(({ name }) => [name, random.whole(100, 900)]));
  const made: Invoice[] = [];
  const add = (supplier: Supplier, given: Given): Invoice => {
    for (let tries = 0; ; tries += 1) {
      const lines = tries < 20 ? given.lines?.() : undefined;
      const invoice = draw(random, supplier, { ...given, lines, number: nextNumber(numbers, supplier, given.date) });
      const twin = made.find(
        (other) =>
          other.supplier === supplier &&
          other.total === invoice.total &&
          Math.abs(daysBetween(other.date, invoice.date)) < 40,
      );
      // Likeness by chance is neither planted nor a decoy.
      if (twin !== undefined && !given.monthly && !given.again) continue;
      made.push(invoice);
      return invoice;
    }
  };
  const oneOff = suppliers.filter(({ flat }) => !flat);
  for (let month = 1; month <= 6; month += 1) {
    for (const supplier of suppliers.filter(({ flat }) => flat))
      add(supplier, { date: day(2026, month, random.whole(1, 3)), monthly: true });
    for (const supplier of oneOff) add(supplier, { date: day(2026, month, random.whole(4, 27)) });
  }
  const earlier = [...made];
  const planted: Array<{ invoice: Invoice; fault: Fault | null; decoy: string | null }> = [];
  for (let month = 7; month <= 9; month += 1) {
    for (const supplier of suppliers.filter(({ flat }) => flat)) {
      const invoice = add(supplier, { date: day(2026, month, random.whole(1, 3)), monthly: true });
      planted.push({ invoice, fault: null, decoy: 'the same every month' });
    }
  }
  let turn = random.whole(0, FAULTS.length - 1);
  while (planted.length < count) {
    const date = addDays('2026-07-01', random.whole(3, 88));
    const supplier = random.pick(oneOff);
    if (random.chance(0.36)) {
      const fault = FAULTS[turn++ % FAULTS.length]!;
      const faulty = plant(random, fault, { suppliers, earlier, planted, add, date });
      planted.push({ invoice: faulty, fault, decoy: null });
      continue;
    }
    const decoy = random.pick([null, null, ...DECOYS]);
    planted.push({ invoice: decoyed(random, decoy, { supplier, date, earlier, add, planted }), fault: null, decoy });
  }
  const written = writeInvoices(
    planted.map(({ invoice }) => invoice),
    { format, random },
  );
  const truth = planted.map(({ invoice, fault, decoy }, at) => ({
    number: invoice.number,
    supplier: invoice.supplier.name,
    file: written.fileOf[at]!,
    fault,
    decoy,
  }));
  const terms = Object.fromEntries(
    suppliers.map((supplier) => termsOf(supplier)).map(({ name, text }) => [name, text]),
  );
  return { files: written.files, earlier: writeRegister(earlier, format), terms, truth };
}

function day(year: number, month: number, date: number): string {
  return `${year}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`;
}

const PATTERNS = ['RE-{y}-{n}', '{y}/{n}', 'INV-{n}', 'R{n}', '{n}-{y}'];

function nextNumber(numbers: Map<string, number>, { name }: Supplier, date: string): string {
  const next = numbers.get(name)! + 1;
  numbers.set(name, next);
  const pattern = PATTERNS[[...name].reduce((sum, letter) => sum + letter.codePointAt(0)!, 0) % PATTERNS.length]!;
  return pattern.replace('{y}', date.slice(0, 4)).replace('{n}', String(next).padStart(4, '0'));
}

interface Drawn {
  readonly number: string;
  readonly date: string;
  readonly monthly?: boolean;
  readonly lines?: readonly InvoiceLine[];
}

function draw(random: Random, supplier: Supplier, { number, date, monthly, lines: given }: Drawn): Invoice {
  const chosen = monthly
    ? supplier.items.slice(0, supplier.name.startsWith('Säntis') ? 2 : 1)
    : random.sample(supplier.items, random.whole(1, supplier.items.length));
  const lines =
    given ??
    withDiscount(
      supplier,
      chosen.map((agreed) => lineOf(random, agreed, monthly ?? false)),
    );
  const from = monthly ? `${date.slice(0, 8)}01` : addDays(date, -random.whole(6, 9));
  const to = monthly ? addDays(`${date.slice(0, 8)}01`, 27) : addDays(date, -random.whole(1, 3));
  const due = addDays(date, supplier.paymentDays);
  return summed({
    number,
    supplier,
    date,
    due,
    from,
    to,
    lines,
    vatRate: supplier.vatRate,
    taxId: supplier.taxId,
    iban: supplier.iban,
  });
}

function lineOf(random: Random, { item, unit, price, cap }: AgreedItem, monthly: boolean): InvoiceLine {
  const most = Math.min(cap ?? 40, price > 20_000 ? 12 : 400);
  const whole = monthly ? Math.min(cap ?? 1, 8) : random.whole(1, Math.max(1, most - 1));
  const halves = ['Stunde', 'hour', 'GB'].includes(unit) && !monthly && whole < most ? random.pick([0, 25, 50, 75]) : 0;
  const quantity = whole * 100 + halves;
  return { description: item, quantity, unit, price, amount: round((quantity * price) / 100) };
}

function withDiscount(supplier: Supplier, lines: readonly InvoiceLine[]): InvoiceLine[] {
  if (supplier.discountPercent === 0) return [...lines];
  const sum = lines.reduce((all, { amount }) => all + amount, 0);
  const amount = -round((sum * supplier.discountPercent) / 100);
  const description = `${supplier.language === 'de' ? 'Rabatt' : 'Discount'} ${supplier.discountPercent} %`;
  return [...lines, { description, quantity: 100, unit: '', price: amount, amount }];
}

function summed(invoice: Omit<Invoice, 'net' | 'vat' | 'total'>): Invoice {
  const net = invoice.lines.reduce((sum, { amount }) => sum + amount, 0);
  const vat = round((net * invoice.vatRate) / 100);
  return { ...invoice, net, vat, total: net + vat };
}

interface Given {
  readonly date: string;
  readonly monthly?: boolean;
  readonly lines?: () => readonly InvoiceLine[];
  /** Billed a second time: likeness is meant. */
  readonly again?: boolean;
}

interface Surroundings {
  readonly suppliers: readonly Supplier[];
  readonly earlier: readonly Invoice[];
  readonly planted: ReadonlyArray<{ readonly invoice: Invoice; readonly fault: Fault | null }>;
  readonly add: (supplier: Supplier, given: Given) => Invoice;
  readonly date: string;
}

function plant(random: Random, fault: Fault, { suppliers, earlier, planted, add, date }: Surroundings): Invoice {
  const oneOff = suppliers.filter(({ flat }) => !flat);
  const among = (fits: (supplier: Supplier) => boolean) => add(random.pick(oneOff.filter(fits)), { date });
  const any = () => true;
  const off = () => random.pick([-1, 1]) * random.pick([100, 450, 900, 1000, 2700, 9000]);
  switch (fault) {
    case 'line-amount': {
      const good = among(any);
      const at = random.whole(0, good.lines.length - 1);
      const lines = good.lines.map((line, index) =>
        index === at ? { ...line, amount: line.amount + Math.abs(off()) } : line,
      );
      return summed({ ...good, lines });
    }
    case 'net-sum': {
      const good = among(any);
      const net = good.net + Math.abs(off());
      const vat = round((net * good.vatRate) / 100);
      return { ...good, net, vat, total: net + vat };
    }
    case 'vat-amount': {
      const good = among(({ vatRate }) => vatRate > 0);
      const vat = good.vat + Math.abs(off());
      return { ...good, vat, total: good.net + vat };
    }
    case 'total': {
      const good = among(any);
      return { ...good, total: good.total + off() };
    }
    case 'vat-rate': {
      const good = among(any);
      const vatRate = good.vatRate === 19 ? 16 : good.vatRate === 20 ? 17.5 : 19;
      const { net: _net, vat: _vat, total: _total, ...rest } = good;
      return summed({ ...rest, vatRate });
    }
    case 'duplicate-number': {
      const good = among(any);
      const twin = random.pick(earlier.filter(({ supplier }) => supplier === good.supplier));
      return { ...good, number: twin.number };
    }
    case 'billed-twice': {
      const clean = planted
        .filter(({ invoice, fault: other }) => other === null && !invoice.supplier.flat)
        .map(({ invoice }) => invoice);
      const recent = earlier.filter((invoice) => invoice.date > '2026-06-01' && !invoice.supplier.flat);
      const twin = random.pick(random.chance(0.5) && clean.length > 0 ? clean : recent);
      const late = addDays(twin.date, random.whole(3, 12));
      const again = add(twin.supplier, { date: late, lines: () => twin.lines, again: true });
      return { ...again, from: twin.from, to: twin.to, net: twin.net, vat: twin.vat, total: twin.total };
    }
    case 'price': {
      const good = among(any);
      const priced = repriced(good, (price) => round(price * random.pick([1.03, 1.05, 1.08, 1.15])));
      return priced;
    }
    case 'not-agreed': {
      const good = among(any);
      const german = good.supplier.language === 'de';
      const description = german
        ? random.pick(['Bearbeitungsgebühr', 'Energiekostenzuschlag', 'Mindermengenaufschlag'])
        : random.pick(['Administration fee', 'Fuel surcharge', 'Platform access charge']);
      const amount = random.pick([1500, 2500, 4900]);
      const items = good.lines.filter(({ price }) => price > 0);
      const lines = withDiscount(good.supplier, [
        ...items,
        { description, quantity: 100, unit: '', price: amount, amount },
      ]);
      return summed({ ...good, lines });
    }
    case 'quantity-cap': {
      const supplier = random.pick(oneOff.filter(({ items }) => items.some(({ cap }) => cap !== undefined)));
      const capped = random.pick(supplier.items.filter(({ cap }) => cap !== undefined));
      const lines = () => {
        const quantity = (capped.cap! + random.whole(1, 4)) * 100;
        const line = {
          description: capped.item,
          quantity,
          unit: capped.unit,
          price: capped.price,
          amount: round((quantity * capped.price) / 100),
        };
        const other = random.pick(supplier.items.filter((one) => one !== capped));
        return withDiscount(supplier, [line, lineOf(random, other, false)]);
      };
      for (;;) {
        const drawn = add(supplier, { date, lines });
        if (drawn.lines[0]!.description === capped.item && drawn.lines[0]!.quantity > capped.cap! * 100) return drawn;
      }
    }
    case 'discount-missing': {
      const good = among(({ discountPercent }) => discountPercent > 0);
      return summed({ ...good, lines: good.lines.filter(({ price }) => price > 0) });
    }
    case 'payment-term': {
      const good = among(any);
      return { ...good, due: addDays(good.date, Math.max(2, good.supplier.paymentDays - random.pick([5, 7, 10]))) };
    }
    case 'tax-id': {
      const good = among(({ country }) => country !== 'US');
      return { ...good, taxId: spoiled(good.taxId, random) };
    }
    case 'tax-id-differs': {
      const good = among(({ country }) => country === 'DE' || country === 'GB');
      return { ...good, taxId: good.supplier.country === 'DE' ? germanVatId(random) : britishVatId(random) };
    }
    case 'iban': {
      const good = among(({ iban: own }) => own !== null);
      return { ...good, iban: spoiled(good.iban!, random) };
    }
    case 'iban-differs': {
      const good = among(({ iban: own }) => own !== null);
      const { country } = good.supplier;
      return { ...good, iban: iban(random, country === 'US' ? 'DE' : country) };
    }
  }
}

function repriced(invoice: Invoice, change: (price: number) => number): Invoice {
  const [first, ...rest] = invoice.lines.filter(({ price }) => price > 0);
  const price =
    change(first!.price) === first!.price ? first!.price + (change(100) > 100 ? 1 : -1) : change(first!.price);
  const lines = [{ ...first!, price, amount: round((first!.quantity * price) / 100) }, ...rest];
  return summed({ ...invoice, lines: withDiscount(invoice.supplier, lines) });
}

const DECOYS = [
  'same amount in another period',
  'tax by item',
  'price below the contract',
  'at the cap',
  'credit note',
  'due later',
  'item worded otherwise',
  'number of another supplier',
  'ids with blanks',
] as const;

function decoyed(
  random: Random,
  decoy: string | null,
  given: Omit<Surroundings, 'suppliers'> & { readonly supplier: Supplier },
): Invoice {
  const { supplier, date, earlier, add, planted } = given;
  switch (decoy) {
    case 'same amount in another period': {
      const twins = earlier.filter((one) => one.supplier === supplier && one.date < '2026-05-20');
      return add(supplier, { date, lines: () => random.pick(twins).lines });
    }
    case 'tax by item': {
      const good = add(supplier, { date });
      const vat = good.lines.reduce((sum, { amount }) => sum + round((amount * good.vatRate) / 100), 0);
      return { ...good, vat, total: good.net + vat };
    }
    case 'price below the contract':
      return repriced(add(supplier, { date }), (price) => round(price * 0.95));
    case 'at the cap': {
      const capped = supplier.items.find(({ cap }) => cap !== undefined);
      if (capped === undefined) return add(supplier, { date });
      const quantity = capped.cap! * 100;
      const line = {
        description: capped.item,
        quantity,
        unit: capped.unit,
        price: capped.price,
        amount: round((quantity * capped.price) / 100),
      };
      const others = () => supplier.items.filter((one) => one !== capped).map((one) => lineOf(random, one, false));
      return add(supplier, { date, lines: () => withDiscount(supplier, [line, ...others()]) });
    }
    case 'credit note': {
      const good = add(supplier, { date });
      const lines = good.lines.map((line) => ({ ...line, quantity: -line.quantity, amount: -line.amount }));
      return summed({ ...good, lines });
    }
    case 'due later': {
      const good = add(supplier, { date });
      return { ...good, due: addDays(good.due, random.pick([5, 15, 30])) };
    }
    case 'item worded otherwise': {
      const good = add(supplier, { date });
      const lines = good.lines.map((line) =>
        line.price > 0 ? { ...line, description: `${line.description} (${good.to.slice(0, 7)})` } : line,
      );
      return { ...good, lines };
    }
    case 'number of another supplier': {
      const good = add(supplier, { date });
      const others = [...earlier, ...planted.map(({ invoice }) => invoice)].filter((one) => one.supplier !== supplier);
      return { ...good, number: random.pick(others).number };
    }
    case 'ids with blanks': {
      const good = add(supplier, { date });
      return {
        ...good,
        taxId: good.taxId.replace(/^([A-Z]{2,3})(\d{3})/, '$1 $2 '),
        iban: good.iban?.replace(/(.{4})(?=.)/g, '$1 ') ?? null,
      };
    }
    default:
      return add(supplier, { date });
  }
}
