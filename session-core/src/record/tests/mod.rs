mod same_as_bincode;
