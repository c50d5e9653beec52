use std::collections::BTreeMap;

use alo_session::Key;
use serde::{Deserialize, Serialize};

use crate::products::{self, Price, Product};

/// Where the session has the cart. It is changed only by
/// [`Session::update`](alo_session::session::OpenSession::update): its closure runs again on what another tab saved first, so
/// neither tab loses anything.
pub(crate) const CART: Key<Cart> = Key::new("cart");

/// The products that a visitor wants to buy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cart {
    /// The quantity of each product, by SKU.
    items: BTreeMap<String, u32>,
}

/// One product of a cart.
pub(crate) struct Line {
    pub(crate) product: &'static Product,
    pub(crate) quantity: u32,
    pub(crate) sum: Price,
}

impl Cart {
    pub(crate) const MAX_QUANTITY: u32 = 99;

    pub(crate) fn add(&mut self, sku: &str) {
        self.set(sku, self.quantity(sku) + 1);
    }

    /// Sets the quantity of a product; zero removes it.
    pub(crate) fn set(&mut self, sku: &str, quantity: u32) {
        match quantity.min(Self::MAX_QUANTITY) {
            0 => self.items.remove(sku),
            quantity => self.items.insert(sku.to_owned(), quantity),
        };
    }

    pub(crate) fn clear(&mut self) {
        self.items.clear();
    }

    /// Removes what was ordered, and keeps what another tab added meanwhile.
    pub(crate) fn take_out(&mut self, ordered: &Self) {
        for (sku, quantity) in &ordered.items {
            self.set(sku, self.quantity(sku).saturating_sub(*quantity));
        }
    }

    pub(crate) fn lines(&self) -> Vec<Line> {
        let line = |(sku, quantity): (&String, &u32)| {
            let product = products::find(sku)?;
            let sum = Price(product.price.0 * u64::from(*quantity));
            Some(Line { product, quantity: *quantity, sum })
        };
        self.items.iter().filter_map(line).collect()
    }

    pub(crate) fn total(&self) -> Price {
        Price(self.lines().iter().map(|line| line.sum.0).sum())
    }

    /// The number of items in the cart.
    pub(crate) fn count(&self) -> u32 {
        self.items.values().sum()
    }

    fn quantity(&self, sku: &str) -> u32 {
        self.items.get(sku).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_leaves_what_came_meanwhile() {
        let mut ordered = Cart::default();
        ordered.set("mug", 2);
        let mut cart = ordered.clone();
        cart.add("mug");
        cart.add("lamp");
        cart.take_out(&ordered);
        let left: Vec<_> = cart.lines().iter().map(|line| (line.product.sku, line.quantity)).collect();
        assert_eq!(left, [("lamp", 1), ("mug", 1)]);
        assert_eq!(cart.total().to_string(), "€101.90");
    }

    #[test]
    fn a_quantity_has_bounds() {
        let mut cart = Cart::default();
        cart.set("mug", u32::MAX);
        cart.add("mug");
        assert_eq!(cart.count(), Cart::MAX_QUANTITY);
        cart.set("mug", 0);
        assert_eq!(cart, Cart::default());
    }
}
