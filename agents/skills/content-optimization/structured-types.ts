/**
 * What the types of schema.org that the SEO pack knows must and should hold, as the items under `seo/structured-data`
 * say it (Google's documents of each feature).
 */
export interface StructuredType {
  /** Item of the pack. */
  readonly knowledge: string;
  /** Without these the thing has no name, or Google names them as required. One of several: `a|b`. */
  readonly required: readonly string[];
  readonly recommended: readonly string[];
  /** Of the items that the type is made of. */
  readonly parts?: { readonly property: string; readonly required: readonly string[]; readonly least: number };
  /** Why the markup has no effect any more. */
  readonly withoutEffect?: string;
}

const ARTICLE: StructuredType = {
  knowledge: 'seo/structured-data/article',
  required: ['headline|name'],
  recommended: ['image', 'author', 'datePublished', 'dateModified'],
};
const ORGANIZATION: StructuredType = {
  knowledge: 'seo/structured-data/organization',
  required: ['name'],
  recommended: ['url', 'logo'],
};
const LOCAL_BUSINESS: StructuredType = {
  knowledge: 'seo/structured-data/local-business',
  required: ['name', 'address'],
  recommended: ['openingHoursSpecification|openingHours', 'telephone', 'geo', 'url'],
};
const retired = (what: string): StructuredType => ({
  knowledge: 'seo/structured-data/retired-types',
  required: [],
  recommended: [],
  withoutEffect: what,
});

const TYPES: Readonly<Record<string, StructuredType>> = {
  Article: ARTICLE,
  NewsArticle: ARTICLE,
  BlogPosting: ARTICLE,
  TechArticle: ARTICLE,
  BreadcrumbList: {
    knowledge: 'seo/structured-data/breadcrumb',
    required: ['itemListElement'],
    recommended: [],
    parts: { property: 'itemListElement', required: ['position', 'name|item.name'], least: 2 },
  },
  Product: {
    knowledge: 'seo/structured-data/product',
    required: ['name', 'offers|review|aggregateRating'],
    recommended: ['image', 'description', 'brand'],
  },
  Offer: {
    knowledge: 'seo/structured-data/product',
    required: ['price|priceSpecification'],
    recommended: ['priceCurrency', 'availability'],
  },
  ProductGroup: {
    knowledge: 'seo/structured-data/product-variants',
    required: ['name', 'hasVariant', 'variesBy', 'productGroupID'],
    recommended: [],
  },
  FAQPage: {
    knowledge: 'seo/structured-data/faq-limited',
    required: ['mainEntity'],
    recommended: [],
    parts: { property: 'mainEntity', required: ['name', 'acceptedAnswer.text'], least: 1 },
  },
  HowTo: {
    knowledge: 'seo/structured-data/howto-gone',
    required: ['name', 'step'],
    recommended: [],
    withoutEffect: 'HowTo results ended in 2023',
  },
  Organization: ORGANIZATION,
  Corporation: ORGANIZATION,
  NGO: ORGANIZATION,
  OnlineStore: ORGANIZATION,
  Event: {
    knowledge: 'seo/structured-data/event',
    required: ['name', 'startDate', 'location'],
    recommended: ['endDate', 'eventStatus', 'description', 'image'],
  },
  VideoObject: {
    knowledge: 'seo/structured-data/video',
    required: ['name', 'thumbnailUrl', 'uploadDate'],
    recommended: ['description', 'contentUrl|embedUrl', 'duration'],
  },
  JobPosting: {
    knowledge: 'seo/structured-data/job-posting',
    required: ['title', 'description', 'datePosted', 'hiringOrganization', 'jobLocation|applicantLocationRequirements'],
    recommended: ['validThrough', 'baseSalary', 'employmentType'],
  },
  WebSite: { knowledge: 'seo/structured-data/website-name', required: ['name', 'url'], recommended: ['alternateName'] },
  Recipe: {
    knowledge: 'seo/structured-data/recipe',
    required: ['name', 'image'],
    recommended: ['recipeIngredient', 'recipeInstructions', 'totalTime'],
  },
  Course: retired('course details are no longer shown'),
  ClaimReview: retired('fact checks are no longer shown'),
  SpecialAnnouncement: retired('special announcements are no longer shown'),
};

/** The most specific types of businesses with a place; schema.org has more, which are then not judged. */
const BUSINESSES = new Set(
  'LocalBusiness Store Bakery Restaurant CafeOrCoffeeShop FoodEstablishment BarOrPub Hotel LodgingBusiness Dentist Physician MedicalBusiness MedicalClinic Pharmacy VeterinaryCare LegalService Attorney Notary AccountingService FinancialService InsuranceAgency RealEstateAgent HomeAndConstructionBusiness RoofingContractor Plumber Electrician HousePainter GeneralContractor HVACBusiness Locksmith MovingCompany AutoRepair AutoDealer AutomotiveBusiness BeautySalon HairSalon NailSalon DaySpa HealthAndBeautyBusiness HealthClub SportsActivityLocation ExerciseGym ClothingStore ShoeStore BookStore FurnitureStore GardenStore GroceryStore HardwareStore JewelryStore ElectronicsStore BikeStore Florist ToyStore PetStore ProfessionalService TravelAgency ChildCare DryCleaningOrLaundry EmploymentAgency EntertainmentBusiness Library SelfStorage ShoppingCenter Optician Winery Brewery IceCreamShop FastFoodRestaurant'.split(
    ' ',
  ),
);

export function structuredType(name: string): StructuredType | undefined {
  if (Object.hasOwn(TYPES, name)) return TYPES[name];
  if (BUSINESSES.has(name)) return LOCAL_BUSINESS;
  return /^[A-Z]\w*Event$/.test(name) || name === 'Festival' ? TYPES.Event : undefined;
}

/** Short words of the schema for what a text of the page may stand in. */
export const isBusiness = (name: string): boolean => BUSINESSES.has(name);
