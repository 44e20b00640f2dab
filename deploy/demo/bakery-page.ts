/** A page of the bakery's site as it stands: right in what it says, and leaving out much of what is asked. */
export const WEDDING_PAGE = {
  url: 'https://www.mehlwind.example/cakes/wedding',
  name: 'wedding.html',
  queries: [
    'wedding cake',
    'wedding cake prices',
    'three tier wedding cake',
    'vegan wedding cake',
    'wedding cake bakery',
  ],
  html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Celebrations | Mehlwind</title>
<link rel="canonical" href="https://www.mehlwind.example/cakes/wedding">
</head>
<body>
<nav><a href="/">Home</a> <a href="/bread/sourdough">Bread</a> <a href="/cakes/birthday">Birthday cakes</a></nav>
<main>
<h1>For your big day</h1>
<p>We have been baking wedding cakes in Yorkshire since 1987. Each cake is made to order in our bakehouse in Leeds, and brought to the place of your party on the morning of the day.</p>
<img src="/img/tiers.jpg">
<h3>How it works</h3>
<p>Come to one of our 23 shops and taste. You choose sponge, filling and icing; we draw what the cake will look like. A cake for 60 guests has two tiers, one for 100 guests has three. Please order six weeks before the wedding.</p>
<h3>Prices</h3>
<p>A wedding cake with two tiers costs 290 pounds, one with three tiers 420 pounds. Delivery within 20 miles of Leeds is included. To know more, <a href="/contact">click here</a>.</p>
<h3>Without eggs or milk</h3>
<p>We bake every sponge as a vegan cake too, at the same price. Our bakehouse works with nuts, so we cannot promise that a cake is free of traces.</p>
</main>
</body>
</html>
`,
} as const;
