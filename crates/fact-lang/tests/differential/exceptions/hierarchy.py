def execute_command(image):
    pairs = [(IndexError, LookupError), (KeyError, LookupError), (ZeroDivisionError, ArithmeticError), (OverflowError, ArithmeticError), (UnboundLocalError, NameError), (RecursionError, RuntimeError), (NotImplementedError, RuntimeError), (ValueError, Exception), (StopIteration, Exception), (AssertionError, Exception), (TypeError, Exception), (AttributeError, Exception), (ImportError, Exception), (ModuleNotFoundError, ImportError), (Exception, BaseException), (ValueError, LookupError), (KeyError, IndexError)]
    return [issubclass(a, b) for a, b in pairs]
