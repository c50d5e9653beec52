use std::fmt;

/// A product of the shop.
pub(crate) struct Product {
    pub(crate) sku: &'static str,
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) price: Price,
}

/// An amount of money, in cents.
#[derive(Clone, Copy)]
pub(crate) struct Price(pub(crate) u64);

pub(crate) static PRODUCTS: [Product; 6] = [
    Product {
        sku: "teapot",
        name: "Teapot",
        about: "Stoneware, 1.2 litres. It cannot brew coffee.",
        price: Price(3450),
    },
    Product { sku: "mug", name: "Mug", about: "Wide, heavy, and warm in the hand.", price: Price(1290) },
    Product {
        sku: "biscuits",
        name: "Biscuits",
        about: "A tin of oat biscuits. Not the other kind of cookie.",
        price: Price(675),
    },
    Product {
        sku: "notebook",
        name: "Notebook",
        about: "160 pages with a fine grid, sewn.",
        price: Price(1490),
    },
    Product {
        sku: "pencil",
        name: "Pencil",
        about: "Cedar, HB, with an eraser for second thoughts.",
        price: Price(180),
    },
    Product { sku: "lamp", name: "Reading lamp", about: "Brass, with a linen shade.", price: Price(8900) },
];

pub(crate) fn find(sku: &str) -> Option<&'static Product> {
    PRODUCTS.iter().find(|product| product.sku == sku)
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "€{}.{:02}", self.0 / 100, self.0 % 100)
    }
}
