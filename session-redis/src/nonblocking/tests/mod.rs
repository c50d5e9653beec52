mod connection;
mod sizes;
